"""check-json.py PROGRAM NAME SIZE...: a benchmark prints the one JSON object that others read."""
import json
import subprocess
import sys

program, name, *sizes = sys.argv[1:]
done = subprocess.run([program, '--json', '--quick'], stdout=subprocess.PIPE, check=True, text=True)
found = json.loads(done.stdout)
assert list(found) == [name], found
assert list(found[name]) == sizes, found
assert all(0 < seconds < 60 for seconds in found[name].values()), found
assert subprocess.run([program, '--jso'], stderr=subprocess.DEVNULL).returncode == 2
