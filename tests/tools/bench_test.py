#!/usr/bin/env python3
"""Bench measures beside what the bare machine does, and leaves nothing behind. How fast is not asserted."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from program import ProgramTest, main


class Bench(ProgramTest):
    def test_figures_stand_beside_their_limit_and_nothing_is_left(self):
        before = sorted(self.folder.iterdir())
        rows = self.done('bench', 'append_1', 'serve_append_1', '--format', 'ndjson').rows
        self.assertEqual([row['name'] for row in rows], ['append_1', 'serve_append_1'])
        for row in rows:
            self.assertEqual((row['unit'], row['limit_is']), ('events/s', 'write and fdatasync, one after another'))
            self.assertGreater(row['p99_us'], 0)
            self.assertGreaterEqual(row['p99_us'], row['p50_us'])
            self.assertGreaterEqual(row['limit_p99_us'], row['limit_p50_us'])
            self.assertAlmostEqual(row['ratio'] * row['limit'] / row['value'], 1, delta=0.2)
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_what_it_does_not_measure_is_refused_with_what_it_does(self):
        self.assertIn('serve_deliver', self.refused('bench', 'speed', code=2))


if __name__ == '__main__':
    main()
