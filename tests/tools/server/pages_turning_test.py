#!/usr/bin/env python3
"""From page to page, forward and back: every page shows just what it should, and nothing is told of what is hidden."""
import os
import pathlib
import random
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'support'))
from pages import PagesTest
from program import main, release
from small_affair import event

LEVELS = ('public', 'partner', 'restricted')


def imposed(name, **more):
    return event(f'imposed-{name}', 'sanction.imposed', '2025', {'measure': f'usa/{name}', 'target': ['state:BLR'], 'restrictions': ['dealings']}, **more)


class Turning(PagesTest):
    def rows(self, answer):
        return re.search('<tbody>(.*)</tbody>', answer.body.decode(), re.DOTALL)[1].count('<tr>')

    def table(self, answer):
        """What the table says, without where its links lead: what is asked of now is from the second page on asked of that instant."""
        found = re.search('<tbody>(.*)</tbody>', answer.body.decode(), re.DOTALL)
        return re.sub('<[^>]*>', ' ', found[1]) if found else ''

    def there_and_back(self, path, role):
        """Goes on to the last page and back to the first: the tables of both ways, each in the order of the list."""
        there, back, first = [], [], None
        while path:
            answer, page = self.page(path, role)
            there.append(self.table(answer))
            self.assertEqual('first page' in page.links, len(there) > 1, path)
            if first := page.links.get('first page'):
                self.assertEqual(self.table(self.page(first, role)[0]), there[0], path)
            path, last = page.links.get('next page'), path
        path = last
        while path:
            answer, page = self.page(path, role)
            back.insert(0, self.table(answer))
            path = page.links.get('previous page')
        return there, back

    def test_going_back_shows_the_pages_that_going_on_had_shown(self):
        seed = int(os.environ.get('CHANCERY_SEED', random.randrange(1 << 32)))
        print('CHANCERY_SEED =', seed)
        chance = random.Random(seed)
        for number in range(60):
            kind = chance.randrange(3)
            more = {'visibility': chance.choice(LEVELS), 'tags': [chance.choice('ab')]}
            when = f'{chance.choice((1990, 2024, 2025))}-{chance.randint(1, 12):02}-{chance.randint(1, 3):02}'
            if kind == 0:
                self.record(release(f'r{number}', occurred=when, data={'holder': 'state:BLR', 'persons': [f'person:p{chance.randrange(40)}'], 'count': 1}, **more))
            elif kind == 1:
                self.record(imposed(number, **more))
            else:
                self.record(event(f's{number}', 'sanction.lifted', when, {'measure': f'usa/{chance.randrange(60)}'}, **more))
        for role in ('reader', 'partner', 'recorder'):
            for path in ('/v1/events?order=oldest', '/v1/events?order=newest', '/v1/events?order=occurred', '/v1/events?order=occurred&tag=a', '/v1/events?order=newest&grep=usa/1',
                         '/v1/events?order=oldest&after=20&since=2026', '/v1/events?order=occurred&since=2000&until=2025-06', '/v1/streams/state%3ABLR?order=newest',
                         '/v1/views/prisoners?prefix=state:BLR/', '/v1/views/sanctions?where=status%3Dactive', '/v1/views/sanctions?at=2024-06&prefix=usa/1', '/v1/views/sanctions?known=pos:40'):
                asked = f'{path}{"&" if "?" in path else "?"}limit={chance.randint(1, 6)}'
                if 'after=20' in asked:
                    asked = asked.replace('order=oldest', 'order=newest')
                if self.rows_or_none(asked, role):
                    there, back = self.there_and_back(asked, role)
                    self.assertEqual(back, there, (role, asked))

    def rows_or_none(self, path, role):
        return b'<tbody>' in self.page(path, role)[0].body

    def test_a_page_with_less_than_a_page_before_it_leads_to_the_first_one_alone(self):
        _, page = self.page('/v1/events?order=oldest&after=3&limit=5')
        self.assertNotIn('previous page', page.links)
        self.assertIn('/v1/events/letter', self.page(page.links['first page'])[1].links.values())
        _, page = self.page('/v1/events?order=oldest&after=0&limit=5')
        self.assertNotIn('first page', page.links)

    def test_what_is_recorded_meanwhile_does_not_move_the_page_before(self):
        first, page = self.page('/v1/events?order=newest&limit=4')
        _, page = self.page(page.links['next page'])
        self.record(release('later'))
        again, _ = self.page(page.links['previous page'])
        self.assertEqual(self.table(again), self.table(first))

    def test_the_first_page_keeps_the_order_and_what_else_was_asked(self):
        _, page = self.page('/v1/events?before=5&limit=2')
        self.assertIn('/v1/events/old', self.page(page.links['first page'])[1].links.values())
        _, page = self.page('/v1/events?beyond=1&limit=2')
        self.assertIn('order=occurred', page.links['first page'])
        _, page = self.page('/v1/events?order=newest&after=3&before=9&limit=2')
        self.assertIn('after=3', page.links['first page'])
        self.assertNotIn('before=', page.links['first page'])

    def test_no_way_back_tells_of_what_is_hidden(self):
        path = '/v1/events?order=oldest&type=statement.made&after=7&limit=1'
        self.assertIn('first page', self.page(path, 'partner')[1].links)
        self.assertNotIn('first page', self.page(path, 'reader')[1].links)
        self.record(imposed('a', visibility='restricted'), imposed('z'))
        path = '/v1/views/sanctions?after=usa/a&limit=1'
        self.assertIn('previous page', self.page(path)[1].links)
        self.assertNotIn('first page', self.page(path, 'reader')[1].links)

    def test_rows_of_all_pages_are_counted_as_of_the_page(self):
        self.record(imposed('a'))
        _, page = self.page('/v1/views/sanctions?limit=1')
        self.record(imposed('b'))
        self.says(page.links['how many in all'], '2 rows', 'as known at position 13')
        self.says('/v1/views/sanctions?count=true&prefix=usa/a', '1 row\n')

    def test_what_was_ever_believed_of_a_key_comes_in_pages_there_and_back(self):
        for number in range(60):
            self.record(release(f'r{number}', occurred=f'2025-{number * 7 % 12 + 1:02}-{number % 28 + 1:02}', data={'holder': 'state:BLR', 'count': 1 + number % 3}))
        for command in ('timeline', 'history'):
            path = f'/v1/views/prisoners/{command}?key=state:BLR'
            self.assertLessEqual(self.rows(self.page(path)[0]), 200)
            there, back = self.there_and_back(path + '&limit=25', 'recorder')
            self.assertGreater(len(there), 2)
            self.assertEqual(back, there)
            whole, part = self.get(path).json['rows'], self.get(path + '&limit=4&after=9')
            self.assertEqual(part.json['rows'], whole[9:13])
            self.assertIn('after=13', part.headers['Link'])
            self.assertEqual(self.get(f'{path}&after={len(whole)}').json['rows'], [])
        self.assertEqual(self.get(path + '&after=some').status, 400)

    def test_a_difference_of_many_keys_comes_in_pages_that_show_all_of_it(self):
        self.record(*[imposed(name) for name in 'abcde'])
        self.record(event('lifted', 'sanction.lifted', '2025-03', {'measure': 'usa/c'}))
        path = '/v1/views/sanctions/diff?at=2024..2026&known=pos:12..now'
        whole = self.get(path).json
        shown, pages = '', []
        page_path = path + '&limit=2'
        while page_path:
            answer, page = self.page(page_path)
            pages.append(page)
            shown += answer.body.decode()
            page_path = page.links.get('next page')
        self.assertEqual(len(pages), 3)
        self.assertEqual(['More follows.' in page.text for page in pages], [True, True, False])
        self.assertEqual(['first page' in page.links for page in pages], [False, True, True])
        for kind in ('knowledge', 'world'):
            for entry in whole[kind]:
                self.assertEqual(shown.count(f'<bdi>{entry["key"]}</bdi><br><span class="ways">'), sum(entry['key'] == one['key'] for kind in ('knowledge', 'world') for one in whole[kind]))
        part = self.get(path + '&limit=2')
        self.assertEqual([one['key'] for one in part.json['world']], ['usa/a', 'usa/b'])
        self.assertIn('rel="next"', part.headers['Link'])
        self.assertEqual(self.get(path + '&after=usa/b').json['world'], [one for one in whole['world'] if one['key'] > 'usa/b'])
        self.assertIn('after=usa%2Fb', pages[1].links['This answer, for ever'])

    def test_going_back_in_a_difference_shows_the_pages_that_going_on_had_shown(self):
        self.record(*[imposed(name) for name in 'abcdefghij'])
        known = self.get('/v1/events').json['position']
        self.record(*[event(f'lifted-{name}', 'sanction.lifted', '2025-03', {'measure': f'usa/{name}'}) for name in 'bcefij'],
                    *[imposed(f'{name}-hidden', visibility='restricted') for name in 'adg'])
        for role in ('reader', 'recorder'):
            for more in ('', '&prefix=usa/', '&where=status%3Dlifted'):
                for limit in range(1, 8):
                    path = f'/v1/views/sanctions/diff?at=2024..2026&known=pos:{known}..now{more}&limit={limit}'
                    there, back = self.there_and_back(path, role)
                    self.assertEqual(back, there, path)
                    self.assertGreaterEqual(len(there), 6 // limit, path)
        _, page = self.page('/v1/views/sanctions/diff?at=2024..2026&limit=3&after=usa/a0')
        self.assertIn('first page', page.links)
        self.assertNotIn('previous page', page.links)
        self.assertNotIn('first page', self.page('/v1/views/sanctions/diff?at=2024..2026&limit=3&after=a')[1].links)

    def test_a_page_of_a_difference_has_200_of_each_kind_unless_told(self):
        self.record(*[imposed(f'n{number:03}') for number in range(210)])
        answer, page = self.page('/v1/views/sanctions/diff?at=2024..2026')
        self.assertEqual(self.rows(answer), 200)
        self.assertEqual(self.rows(self.page(page.links['next page'])[0]), 11)
        self.assertEqual(len(self.get('/v1/views/sanctions/diff?at=2024..2026').json['world']), 211)
        self.assertEqual(self.get('/v1/views/sanctions/diff?limit=0').json['allowed'], '1 to 10000')


if __name__ == '__main__':
    main()
