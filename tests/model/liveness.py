"""What a reader at a level sees of a ledger, and which of it is live from a position."""
from decimal import ROUND_HALF_UP, Decimal

import ledger as ledgers


class Seen:
    """An event as its reader sees it: no link to what is hidden."""

    def __init__(self, event, reader):
        self.position, self.id, self.type = event.position, event.id, event.type
        self.occurred, self.zone, self.span = event.occurred, event.zone, event.span
        self.place = reader.first_of_chain[event.chain]
        self.chain_id = reader.ledger.at(self.place).id
        self.actors = [_acts_for(party) for party in event.body.get('actor', [])]
        self.recipients = [_acts_for(party) for party in event.body.get('recipient', [])]
        self.data = {}
        for name, value in event.body.get('data', {}).items():
            if name not in ledgers.DATA_LINKS or event.type == 'action.observed' or reader.sees(value):
                self.data[name] = value
        self.letter_key = None
        if event.type.startswith('letter.') and 'letter' in self.data:
            chain = reader.ledger.by_id[self.data['letter']].chain
            self.letter_key = reader.ledger.at(reader.first_of_chain[chain]).id
        self.disputes = {reader.ledger.by_id[i].position for i in event.body.get('disputes', []) if reader.sees(i)}
        self.quad, self.tenths = _coding(event)


def _acts_for(party):
    return party if isinstance(party, str) else party.get('on_behalf_of', party['party'])


def _coding(event):
    quad, goldstein = ledgers.DEFAULT_CODING.get(event.type, (None, 0))
    own = event.body.get('coding', {})
    quad, goldstein = own.get('quad', quad), own.get('goldstein', goldstein)
    tenths = (Decimal(goldstein) * 10).quantize(Decimal(1), rounding=ROUND_HALF_UP)  # half away from zero
    return quad, int(tenths)


class Reader:
    """A ledger seen at one level of visibility."""

    def __init__(self, ledger, level):
        self.ledger, self.level = ledger, level
        self.seen_raw = [event for event in ledger.events if event.level <= level]
        self.first_of_chain = {}
        for event in self.seen_raw:
            self.first_of_chain.setdefault(event.chain, event.position)
        self.seen = {event.position: Seen(event, self) for event in self.seen_raw if not event.is_record}
        self._live = {}

    def sees(self, event_id):
        return self.ledger.by_id[event_id].level <= self.level

    def withdrawn(self, position):
        """Positions that a seen retraction up to `position`, itself not withdrawn, withdraws."""
        retractions = [event for event in self.seen_raw if event.retracts and event.position <= position]
        gone = set()
        for retraction in reversed(retractions):  # what withdraws a retraction comes after it
            if retraction.position not in gone:
                gone.add(retraction.retracts)
        return gone

    def live(self, position):
        """The live events from `position`: of each chain the seen one at the highest position that is not withdrawn."""
        if position not in self._live:
            gone = self.withdrawn(position)
            standing = {}
            for event in self.seen_raw:
                if not event.is_record and event.position <= position and event.position not in gone:
                    standing[event.chain] = self.seen[event.position]
            self._live[position] = list(standing.values())
        return self._live[position]

    def disputed(self, position):
        """Positions that a live event disputes."""
        return set().union(*(event.disputes for event in self.live(position)))
