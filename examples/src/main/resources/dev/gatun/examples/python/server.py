# Answers the requests of Python.java until its input ends. Numbers are big-endian, texts are UTF-8 behind their length.
#   request: int32 length of the code, int32 length of the arguments or -1 if the code is statements, code, arguments
#   reply:   int8 number of texts, texts: the result as JSON, or class, message and traceback of an exception
import json
import struct
import sys
import traceback

requests, replies = sys.stdin.buffer, sys.stdout.buffer
sys.stdin, sys.stdout = None, sys.stderr
scope = {"__name__": "__main__"}


def run(code, arguments):
    if arguments is None:
        exec(compile(code, "<java>", "exec"), scope)
        return "null"
    function = eval(compile(code, "<java>", "eval"), scope)
    return json.dumps(function(*json.loads(arguments)))


while header := requests.read(8):
    code_length, arguments_length = struct.unpack(">ii", header)
    code = requests.read(code_length).decode()
    arguments = requests.read(arguments_length) if arguments_length >= 0 else None
    try:
        texts = [run(code, arguments)]
    except BaseException as e:
        frames = e.__traceback__.tb_next  # without this one
        texts = [type(e).__name__, str(e), "".join(traceback.format_exception(type(e), e, frames))]
    replies.write(bytes([len(texts)]))
    for text in texts:
        data = text.encode(errors="replace")
        replies.write(struct.pack(">i", len(data)) + data)
    replies.flush()
