"""Pages of the server as tests read them."""
import html.parser
import shutil

from served import ServedTest
from small_affair import with_recorded_at

CHROMIUM = shutil.which('chromium')
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']


class Page(html.parser.HTMLParser):
    """What links to pages a page has, and to its answer in other formats; what text, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.links, self.formats, self.text, self.open, self.title = {}, {}, '', [], ''
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ('meta', 'link', 'input', 'br'):
            self.open.append(tag)
        if tag == 'a':
            self.link = attributes['href']
        assert tag != 'script' and not any(name.startswith('on') for name in attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if 'style' in self.open:
            return
        if 'title' in self.open:
            self.title += data
            return
        self.text += data
        if 'a' in self.open:
            (self.formats if 'format=' in self.link else self.links)[data] = self.link


class PagesTest(ServedTest):
    """Each test finds the affair served, to be read as a browser does."""

    def prepare(self):
        self.done('record', '--preserve-recorded-at', self.file('affair.ndjson', *with_recorded_at()))

    def page(self, path, role='recorder', status=200):
        answer = self.get(path, role, Accept='text/html,application/xhtml+xml,*/*;q=0.8')
        self.assertTrue(answer.headers['Content-Type'].startswith('text/html'), path)
        self.assertEqual(answer.status, status, path)
        page = Page(answer.body.decode())
        self.assertEqual(page.open, [], path)
        return answer, page

    def says(self, path, *words, role='recorder', status=200):
        _, page = self.page(path, role, status)
        for word in words:
            self.assertIn(word, page.text, path)
        return page
