"""count.py BUILD...: adds up the test cases that meson recorded and prints the line CI ends with."""
import glob
import sys
import xml.etree.ElementTree as ET

passed = failed = skipped = 0
for build in sys.argv[1:]:
    for path in glob.glob(build + '/meson-logs/testlog*.junit.xml'):
        for suite in ET.parse(path).getroot():
            cases = suite.findall('testcase')
            bad = sum(1 for c in cases if c.find('failure') is not None or c.find('error') is not None)
            skip = sum(1 for c in cases if c.find('skipped') is not None)
            # A program that crashed or timed out may have no failed case of its own.
            if bad == 0 and int(suite.get('failures', 0)) + int(suite.get('errors', 0)) > 0:
                bad = int(suite.get('failures', 0)) + int(suite.get('errors', 0))
            failed += bad
            skipped += skip
            passed += max(len(cases) - bad - skip, 0)
line = f'{passed} passed, {failed} failed'
print(line + (f', {skipped} skipped' if skipped else ''))
sys.exit(1 if failed or not passed else 0)
