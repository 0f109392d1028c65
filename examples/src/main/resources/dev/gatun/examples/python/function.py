# What PythonFunction.java runs. Everything up to the first read of standard input happens once.
# Ends with 0 and the result as JSON, or with 1 and class, message and traceback of an exception between NULs.
import json
import os
import sys
import traceback

stdout, sys.stdout = sys.stdout, sys.stderr
scope = {"__name__": "__main__"}
try:
    exec(compile(os.environ["DEFINITION"], "<java>", "exec"), scope)
    function = eval(os.environ["FUNCTION"], scope)
    texts = [json.dumps(function(*json.load(sys.stdin)))]
except BaseException as e:
    frames = e.__traceback__.tb_next  # without this one
    texts = [type(e).__name__, str(e), "".join(traceback.format_exception(type(e), e, frames))]
stdout.write("\0".join(text.replace("\0", "") for text in texts))
stdout.flush()
# Without tidying up memory that is about to be dropped: that would take longer than a small call.
os._exit(len(texts) > 1)
