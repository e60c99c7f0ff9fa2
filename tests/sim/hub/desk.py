"""Customers at the pages of the portal: HTTPS, forms, cookies; one press or two, also of forms of before."""
import html
import http.client
import re
import ssl
import threading
import time
import urllib.parse

TRIES = 60
AGAIN_S = 0.05


class Form:
    """A page that somebody has open."""

    def __init__(self, body, cookie):
        found = re.search(r'name="nonce" value="([^"]*)"', body)
        self.nonce = html.unescape(found.group(1)) if found else None
        self.cookie = cookie
        self.opened = time.monotonic()
        self.decides = 'value="CONFIRM"' in body
        self.choices = set(re.findall(r'name="choice" value="([A-Z_]+)"', body))


class Desk:
    def __init__(self, port, ca):
        self.port = port
        self.origin = f'https://localhost:{port}'
        self.tls = ssl.create_default_context(cafile=ca)
        self.local = threading.local()
        self.forms = {}  # link: the decision forms that were open once

    def ask(self, method, path, fields=None, cookie=None):
        """Status, body, cookie. A portal that is away for a moment is asked again, as by who presses again."""
        headers = {'Origin': self.origin, 'User-Agent': 'A browser/1.0'} if fields else {'User-Agent': 'A browser/1.0'}
        body = urllib.parse.urlencode(fields) if fields else None
        if fields:
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
        if cookie:
            headers['Cookie'] = cookie
        for _ in range(TRIES):
            try:
                c = getattr(self.local, 'connection', None)
                if c is None:
                    c = self.local.connection = http.client.HTTPSConnection('localhost', self.port, context=self.tls,
                                                                            timeout=30)
                c.request(method, path, body, headers)
                answer = c.getresponse()
                text = answer.read().decode()
            except (OSError, http.client.HTTPException):
                self.local.connection = None
                time.sleep(AGAIN_S)
                continue
            if answer.status not in (502, 503, 504):
                given = answer.getheader('Set-Cookie')
                return answer.status, text, given.split(';')[0] if given else cookie
            time.sleep(AGAIN_S)
        raise RuntimeError(f'the portal does not answer {method} of a page')

    def open(self, link):
        status, body, cookie = self.ask('GET', f'/a/{link}')
        if status not in (200, 404):
            raise RuntimeError(f'a page has status {status}')
        form = Form(body, cookie) if status == 200 else None
        if form is not None and form.decides:
            self.forms.setdefault(link, []).append(form)
        return form

    def press(self, link, form, choice, code=''):
        fields = {'nonce': form.nonce, 'choice': choice, 'agree': '1', 'code': code}
        status, body, _ = self.ask('POST', f'/a/{link}?l=en', fields, form.cookie)
        if status == 422:
            said = re.search(r'id="wrong"[^>]*>(.*?)</', body, re.S)
            return status, said.group(1).strip() if said else body[:200]
        return status, ''
