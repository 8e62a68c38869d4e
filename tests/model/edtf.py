"""EDTF strings to instants, by the rules of the event format: integer microseconds since 1970 UTC, both ends inclusive.

Written to be read, not to be fast. A local day begins at its first instant and ends where the next one begins."""
import datetime
import functools
import re
import zoneinfo
from typing import NamedTuple

MICROS = 1_000_000
DAY = 86_400 * MICROS
EPOCH = datetime.date(1970, 1, 1).toordinal()
GREGORIAN_CYCLE = 400
GREGORIAN_CYCLE_DAYS = 146_097
SEASON_MONTH = {21: 3, 22: 6, 23: 9, 24: 12}


class BadDate(ValueError):
    pass


class Span(NamedTuple):
    earliest: int
    latest: int
    qualified: bool


@functools.lru_cache(maxsize=None)
def zone_of(name):
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadDate(f'unknown zone {name!r}') from error


def _offset(zone, micros):
    """Microseconds to add to a UTC instant to get the zone's wall clock. Instants Python cannot name are moved by whole
    Gregorian cycles, after which days of week and rules of zones repeat."""
    shift = 0
    low = -62_135_596_800 * MICROS + 3 * DAY
    high = 253_402_300_800 * MICROS - 3 * DAY
    while micros + shift < low:
        shift += GREGORIAN_CYCLE_DAYS * DAY
    while micros + shift >= high:
        shift -= GREGORIAN_CYCLE_DAYS * DAY
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    moment = epoch + datetime.timedelta(microseconds=micros + shift)
    return moment.astimezone(zone).utcoffset() // datetime.timedelta(microseconds=1)


def local_day(zone_name, micros):
    """Days since 1970 of the zone's calendar at that instant."""
    return (micros + _offset(zone_of(zone_name), micros)) // DAY


@functools.lru_cache(maxsize=None)
def _candidates(zone_name, day):
    """Every instant near that day at which its local midnight, or a change of the zone's clock, can be."""
    zone = zone_of(zone_name)
    step = 3_600 * MICROS
    start, end = day * DAY - 40 * step, day * DAY + 40 * step
    offsets, changes = set(), []
    for moment in range(start, end, step):
        before, after = _offset(zone, moment), _offset(zone, moment + step)
        offsets.update((before, after))
        if before != after:
            low, high = moment, moment + step
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            changes.append(high)
    return sorted({day * DAY - offset for offset in offsets} | set(changes))


def day_exists(zone_name, day):
    return any(local_day(zone_name, moment) == day for moment in _candidates(zone_name, day))


@functools.lru_cache(maxsize=None)
def day_start(zone_name, day):
    """The first instant of that local day, or of the next one the zone had."""
    return min(moment for moment in _candidates(zone_name, day) if local_day(zone_name, moment) >= day)


def days(year, month=1, day=1):
    """Days since 1970 of a Gregorian date; year 10000 is there as an end."""
    cycles = 0
    if year > 9999:
        year, cycles = year - GREGORIAN_CYCLE, 1
    return datetime.date(year, month, day).toordinal() - EPOCH + cycles * GREGORIAN_CYCLE_DAYS


def _months_after(year, month, count):
    total = year * 12 + month - 1 + count
    return total // 12, total % 12 + 1


def _dates(zone_name, first, after):
    return day_start(zone_name, first), day_start(zone_name, after) - 1


POINT = re.compile(r'(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?(?P<qualifier>[?~%])?')
MOMENT = re.compile(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)')


def _moment(match):
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    second, fraction, offset = int(match[6] or 0), match[7], match[8]
    if year < 1 or hour > 23 or minute > 59 or second > 59:
        raise BadDate('no such time')
    start = days(year, month, day) * DAY + (hour * 3600 + minute * 60 + second) * MICROS
    precision = MICROS if match[6] else 60 * MICROS
    if fraction:
        precision = 10 ** (6 - len(fraction))
        start += int(fraction) * precision
    if offset != 'Z':
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        if hours > 23 or minutes > 59:
            raise BadDate('no such offset')
        start -= (hours * 3600 + minutes * 60) * MICROS * (-1 if offset[0] == '-' else 1)
    return Span(start, start + precision - 1, False)


def _point(text, zone_name):
    match = MOMENT.fullmatch(text)
    if match:
        return _moment(match)
    match = POINT.fullmatch(text)
    if not match:
        raise BadDate('not a supported form')
    year, month, day, qualified = match['year'], match['month'], match['day'], bool(match['qualifier'])
    if 'X' in year:
        if month:
            raise BadDate('level 2')
        first, last = int(year.replace('X', '0')), int(year.replace('X', '9'))
        if first < 1:
            raise BadDate('before year 1')
        return Span(*_dates(zone_name, days(first), days(last + 1)), qualified)
    year = int(year)
    if year < 1:
        raise BadDate('before year 1')
    if month in (None, 'XX'):
        if day not in (None, 'XX'):
            raise BadDate('level 2')
        return Span(*_dates(zone_name, days(year), days(year + 1)), qualified)
    month = int(month)
    if month in SEASON_MONTH and day is None:
        first = (year, SEASON_MONTH[month])
        return Span(*_dates(zone_name, days(*first), days(*_months_after(*first, 3))), qualified)
    if not 1 <= month <= 12:
        raise BadDate('no such month')
    if day in (None, 'XX'):
        return Span(*_dates(zone_name, days(year, month), days(*_months_after(year, month, 1))), qualified)
    date = days(year, month, int(day))
    if not day_exists(zone_name, date):
        raise BadDate('a day this zone never had')
    return Span(*_dates(zone_name, date, date + 1), qualified)


@functools.lru_cache(maxsize=None)
def resolve(text, zone_name='UTC'):
    """The span of an EDTF string in a zone; raises BadDate for what the format refuses."""
    try:
        if '/' not in text:
            return _point(text, zone_name)
        start, end = text.split('/')
        first = _point(start, zone_name)
        if end in ('', '..'):
            return first
        last = _point(end, zone_name)
        if last.latest < first.earliest:
            raise BadDate('ends before it starts')
        return Span(first.earliest, last.latest, first.qualified or last.qualified)
    except BadDate as error:
        raise BadDate(f'{text!r} in {zone_name}: {error}') from error
    except ValueError as error:
        raise BadDate(f'{text!r}: {error}') from error


def has_open_end(text):
    return text.endswith('/') or text.endswith('/..')


def instant(micros):
    """RFC 3339 in UTC, six fraction digits or none."""
    day, rest = divmod(micros, DAY)
    date = datetime.date.fromordinal(day + EPOCH)
    seconds, fraction = divmod(rest, MICROS)
    clock = f'{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}'
    return f'{date.isoformat()}T{clock}' + (f'.{fraction:06}' if fraction else '') + 'Z'


def month_of(micros, zone_name):
    """The calendar month, YYYY-MM, of an instant in a zone."""
    return datetime.date.fromordinal(local_day(zone_name, micros) + EPOCH).strftime('%Y-%m').rjust(7, '0')
