"""count.py BUILD=STATUS...: adds up the test cases that meson recorded and prints the line CI ends with.

STATUS is the exit status of the part that ran in BUILD.  A part that failed without a failed case (it did not
compile, say) counts as one, and so does a part that passed and has no cases of its own.
"""
import glob
import sys
import xml.etree.ElementTree as ET


def count(build):
    passed = failed = skipped = 0
    for path in glob.glob(build + '/meson-logs/testlog*.junit.xml'):
        for suite in ET.parse(path).getroot():
            cases = suite.findall('testcase')
            bad = sum(1 for c in cases if c.find('failure') is not None or c.find('error') is not None)
            skip = sum(1 for c in cases if c.find('skipped') is not None)
            # A program that crashed or timed out may have no failed case of its own.
            bad = bad or int(suite.get('failures', 0)) + int(suite.get('errors', 0))
            failed += bad
            skipped += skip
            passed += max(len(cases) - bad - skip, 0)
    return passed, failed, skipped


total = [0, 0, 0]
for part in sys.argv[1:]:
    build, status = part.rsplit('=', 1)
    passed, failed, skipped = count(build)
    if status != '0':
        failed = max(failed, 1)
    elif passed + failed + skipped == 0:
        passed = 1
    total = [a + b for a, b in zip(total, (passed, failed, skipped))]
if total[2]:
    print(f'{total[2]} skipped')
print(f'{total[0]} passed, {total[1]} failed')
sys.exit(1 if total[1] or not total[0] else 0)
