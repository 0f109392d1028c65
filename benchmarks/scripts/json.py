# JSON: reads and writes a document.
import json
import time

document = {
    "records": [
        {
            "id": i,
            "name": f"visitor {i} \u20ac \"{i % 7}\"",
            "tags": ["a", "b\n", str(i)],
            "where": {"x": i / 8, "y": -i * 0.25},
            "seen": i % 3 == 0,
            "by": None,
        }
        for i in range(1500)
    ]
}


def work():
    text = json.dumps(document, sort_keys=True)
    again = json.loads(text)
    assert again == document
    pretty = json.dumps(again, indent=1)
    return len(text), len(pretty), sum(r["where"]["x"] for r in json.loads(pretty)["records"])


work()
start = time.perf_counter()
result = [work() for _ in range(4)]
print("seconds", time.perf_counter() - start)
print(result)
