#!/usr/bin/env python3
"""Answers questions about a native ledger by refolding everything for each of them.

evaluator.py LEDGER.ndjson QUESTIONS.jsonl           prints the questions with their answers, one a line
evaluator.py --check LEDGER.ndjson EXPECTED.jsonl    compares them with given answers; exits 1 if any differs

A question has the shape of the public conformance cases: `view`, `timeline`, `history` or `diff` names the view."""
import argparse
import json
import sys
import time

import edtf
from ledger import LEVELS, Ledger
from liveness import Reader
from views import VIEWS, rows_of, shown

ANSWERS = ('position', 'rows', 'knowledge', 'world')
KINDS = ('view', 'timeline', 'history', 'diff')


class Evaluator:
    def __init__(self, lines):
        self.ledger = Ledger(lines)
        self.readers = {name: Reader(self.ledger, level) for name, level in LEVELS.items()}
        self.keys = {}
        for name, reader in self.readers.items():
            for view, (keys, _, _) in VIEWS.items():
                self.keys[name, view] = {position: keys(event) for position, event in reader.seen.items()}

    def _by_key(self, level, view, position):
        grouped = {}
        for event in self.readers[level].live(position):
            for key in self.keys[level, view][event.position]:
                grouped.setdefault(key, []).append(event)
        return grouped

    def _rows(self, level, view, key, position):
        touching = self.keys[level, view]
        live = [event for event in self.readers[level].live(position) if key in touching[event.position]]
        return rows_of(view, key, live)

    def _holding(self, level, view, at, position):
        """key -> the row that holds at that instant, as known from that position."""
        holding = {}
        for key, events in self._by_key(level, view, position).items():
            begun = [row for row in rows_of(view, key, events) if row['valid_from'] <= at]
            if begun:
                holding[key] = begun[-1]
        return holding

    @staticmethod
    def _at(text):
        if text is None or text == 'now':
            return time.time_ns() // 1000
        return edtf.resolve(text).latest

    def answer(self, question):
        level = question.get('visibility', 'restricted')
        kind = next(kind for kind in KINDS if kind in question)
        head = {'view': question[kind]} | ({'key': question['key']} if 'key' in question else {})
        return head | getattr(self, kind)(question, question[kind], level)

    def view(self, question, view, level):
        position, at = self.ledger.known(question.get('known')), self._at(question.get('at'))
        disputed, rows = self.readers[level].disputed(position), []
        for key, row in sorted(self._holding(level, view, at, position).items(), key=lambda item: item[0].encode()):
            certain_from = row['certain_from']
            text = shown(row)
            del text['certain_from']
            rows.append({'key': key, **text, 'disputed': not disputed.isdisjoint(row['because']),
                         'certain': certain_from is not None and at >= certain_from})
        return {'at': edtf.instant(at), 'position': position, 'rows': rows}

    def timeline(self, question, view, level):
        position = self.ledger.known(question.get('known'))
        disputed = self.readers[level].disputed(position)
        rows = self._rows(level, view, question['key'], position)
        return {'position': position,
                'rows': [{**shown(row), 'disputed': not disputed.isdisjoint(row['because'])} for row in rows]}

    def history(self, question, view, level):
        done, standing = [], []
        for end, _ in self.ledger.commits:
            now = self._rows(level, view, question['key'], end)
            for rectangle in standing:
                if rectangle['row'] not in now:
                    done.append({**rectangle, 'known_to': end})
            kept = [rectangle for rectangle in standing if rectangle['row'] in now]
            old = [rectangle['row'] for rectangle in kept]
            standing = kept + [{'row': row, 'known_from': end, 'known_to': None} for row in now if row not in old]
        rectangles = sorted(done + standing, key=lambda r: (r['known_from'], r['row']['valid_from']))
        rows = [{**shown(r['row']), 'known_from': r['known_from'], 'known_to': r['known_to']} for r in rectangles]
        return {'position': len(self.ledger.events), 'rows': rows}

    def diff(self, question, view, level):
        first, second = ([value, value] if value is None or isinstance(value, str) else value
                         for value in (question.get('at'), question.get('known')))
        a, b = (self._at(text) for text in first)
        k, l = (self.ledger.known(text) for text in second)
        at_k, at_l, later = (self._holding(level, view, *place) for place in ((a, k), (a, l), (b, l)))
        world_because = {}
        for key, events in self._by_key(level, view, l).items():
            begun = [row for row in rows_of(view, key, events) if min(a, b) < row['valid_from'] <= max(a, b)]
            world_because[key] = [position for row in begun for position in row['because']]
        return {'from': {'at': edtf.instant(a), 'position': k}, 'to': {'at': edtf.instant(b), 'position': l},
                'knowledge': changes(at_k, at_l, lambda key: self._news(level, view, key, min(k, l), max(k, l))),
                'world': changes(at_l, later, lambda key: world_because.get(key, []))}

    def _news(self, level, view, key, after, upto):
        """Seen events between two positions that touch a key, or by any links correct or withdraw one that does."""
        reader = self.readers[level]
        about = set()
        for event in reader.seen_raw:  # what is corrected or withdrawn comes before what does it
            touches = not event.is_record and key in self.keys[level, view][event.position]
            if touches or event.retracts in about or self._seen_target(reader, event) in about:
                about.add(event.position)
        return sorted(position for position in about if after < position <= upto)

    def _seen_target(self, reader, event):
        """The first seen event that following `corrects` leads to."""
        target = event.corrects
        while target and self.ledger.at(target).level > reader.level:
            target = self.ledger.at(target).corrects
        return target


def changes(before, after, because):
    out = []
    for key in sorted(set(before) | set(after), key=lambda text: text.encode()):
        old, new = (rows[key]['state'] if key in rows else None for rows in (before, after))
        if old != new:
            out.append({'key': key, 'before': old, 'after': new, 'because': because(key)})
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--check', action='store_true')
    parser.add_argument('ledger')
    parser.add_argument('questions')
    options = parser.parse_args()
    with open(options.ledger, encoding='utf-8') as lines:
        evaluator = Evaluator(lines)
    wrong = total = 0
    with open(options.questions, encoding='utf-8') as lines:
        for number, line in enumerate(lines, 1):
            question = json.loads(line)
            answer = json.loads(json.dumps(evaluator.answer(question)))
            if not options.check:
                asked = {name: value for name, value in question.items() if name not in ANSWERS}
                print(json.dumps(asked | {name: answer[name] for name in ANSWERS if name in answer}))
                continue
            total += 1
            bad = [name for name in ANSWERS if name in question and question[name] != answer.get(name)]
            if bad:
                wrong += 1
                print(f'{options.questions}:{number}: {line[:160]}')
                for name in bad:
                    print(f'   {name}\n     wanted {json.dumps(question[name])[:3000]}')
                    print(f'     got    {json.dumps(answer.get(name))[:3000]}')
    if options.check:
        print(f'{total - wrong} right, {wrong} wrong')
        sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
