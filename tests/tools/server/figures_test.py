#!/usr/bin/env python3
"""What /metrics counts of appends, and of RocksDB."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from program import main, release
from served import ServedTest


class Figures(ServedTest):
    def test_the_time_to_the_disk_is_that_of_what_went_there(self):
        self.record(release('a'))
        for answer, status in ((self.post('/v1/events', release('a', 1)), 409), (self.post('/v1/events', release('b'), Expected_Revision='none'), 409), (self.post('/v1/events', release('a')), 200)):
            self.assertEqual(answer.status, status)
        text = self.get('/metrics', 'admin').body.decode()
        self.assertIn('chancery_append_seconds_count 1\n', text)
        self.assertIn('chancery_appends_total 4\n', text)
        self.assertIn('chancery_events_appended_total 1\n', text)

    def test_what_rocksdb_holds_and_does_is_told(self):
        self.record(release('a'))
        text = self.get('/metrics', 'admin').body.decode()
        for name in ('memtable_bytes', 'immutable_memtables', 'block_cache_bytes', 'block_cache_capacity_bytes', 'live_bytes_on_disk', 'pending_compaction_bytes', 'running_flushes',
                     'running_compactions', 'estimated_keys', 'writes_stopped', 'delayed_write_bytes_per_second', 'background_errors'):
            self.assertRegex(text, rf'\nchancery_{name} [0-9]+\n')
        self.assertRegex(text, r'\nchancery_memtable_bytes [1-9]')
        helps = [line.split(' ', 3)[2:] for line in text.splitlines() if line.startswith('# HELP')]
        self.assertEqual(len({words for _, words in helps if words != 'Since the ledger was opened'}), len([1 for _, words in helps if words != 'Since the ledger was opened']), helps)


if __name__ == '__main__':
    main()
