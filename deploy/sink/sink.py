#!/usr/bin/python3
"""A mail server that keeps what it is given, for demos and tests; nothing leaves it.

sink.py --state DIR --user NAME --cert PEM --key PEM [--port 8025] [--page 8026] [--text 8027]

SMTP on loopback with STARTTLS, into DIR/Maildir, and text messages by POST over HTTPS as a gateway takes them; a page on loopback that lists and shows the mails. How the
local part of a recipient begins says what becomes of a mail to it:
  refuse-…    550, always        defer-…    451, always        greylist-…  451 the first time
A file DIR/later makes it answer 451 to everybody for as long as it is there.
"""
import argparse
import email
import email.message
import email.policy
import email.utils
import html
import json
import mailbox
import os
import pwd
import re
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
# a mail of anybody: no script, no request, its links open elsewhere
MAIL_POLICY = ("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
               "sandbox allow-popups allow-popups-to-escape-sandbox")


class Sink:
    """What aiosmtpd calls."""

    def __init__(self, state):
        self.later = os.path.join(state, 'later')
        self.box = mailbox.Maildir(os.path.join(state, 'Maildir'), create=True)
        self.seen = set()
        self.lock = threading.Lock()

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split('@', 1)[0].lower()
        if os.path.exists(self.later):
            return '451 4.3.2 not now'
        if local.startswith('refuse-'):
            return f'550 5.1.1 <{address}> is nobody here'
        if local.startswith('defer-'):
            return '451 4.2.1 not now'
        if local.startswith('greylist-') and address not in self.seen:
            self.seen.add(address)
            return '451 4.7.1 greylisted, try again'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            for to in envelope.rcpt_tos:
                head = f'Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {to}\r\n'
                self.box.add(head.encode() + envelope.original_content)
        return '250 2.0.0 kept'


def words(header):
    return str(header) if header is not None else ''


def when(header):
    return header.datetime.strftime('%a %d %b, %H:%M:%S') if getattr(header, 'datetime', None) else words(header)


def table(m, names):
    rows = ''.join(f'<tr><th scope="row">{name}</th><td>{html.escape(words(m[name]))}</td></tr>'
                   for name in names if m[name] is not None)
    return f'<table>{rows}</table>'


STYLE = '''
:root { --ink: #17211d; --soft: #4d5b55; --ground: #f4f6f3; --sheet: #fff; --line: #d5ddd8; --main: #0b5d4a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9efec; --soft: #b1beb8; --ground: #101613; --sheet: #1a221e; --line: #3a4741; --main: #6fd0b4 } }
body { font: 16px/1.5 system-ui, "Liberation Sans", sans-serif; max-width: 60em; margin: 0 auto; padding: 0 1em 2em;
  color: var(--ink); background: var(--ground) }
header { color: var(--soft) } a { color: var(--main) } :focus-visible { outline: 3px solid var(--main); outline-offset: 2px }
h1 { line-height: 1.25; margin: .5em 0 } h2 { margin: 1.5em 0 .5em; font-size: 1.1em }
table { border-collapse: collapse; width: 100%; background: var(--sheet) }
th, td { text-align: left; vertical-align: top; padding: .4em .6em; border-bottom: 1px solid var(--line) }
td { overflow-wrap: anywhere } td a { display: inline-block; padding: .2em 0 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--sheet); padding: 1em; border: 1px solid var(--line) }
iframe { width: 100%; height: 44em; border: 1px solid var(--line); background: #fff; color-scheme: light }
@media (max-width: 36em) {
  .list thead { position: absolute; left: -100em } .list, .list tbody, .list tr, .list td { display: block }
  .list tr { padding: .5em .6em; border-bottom: 1px solid var(--line) } .list td { border: 0; padding: 0 }
  .list td:nth-child(1), .list td:nth-child(2) { color: var(--soft); font-size: .875em } }
'''


class Page(BaseHTTPRequestHandler):
    """The pages: / lists, /mail/KEY shows, /mail/KEY/html and /mail/KEY/raw are its parts."""

    sink = None
    hosts = ()

    def log_message(self, *args):
        return

    def reply(self, status, kind, body, policy=PAGE_POLICY):
        data = body.encode('utf-8', 'replace') if isinstance(body, str) else body
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        self.send_header('Content-Security-Policy', policy)
        self.send_header('X-Content-Type-Options', 'nosniff')
        self.send_header('Referrer-Policy', 'no-referrer')
        self.send_header('Cache-Control', 'no-store')
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(data)

    def page(self, title, body, status=200):
        self.reply(status, 'text/html; charset=utf-8', f'''<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{html.escape(title)}</title>
<style>{STYLE}</style></head><body>
<header><p>Mails of a demo hub: they were sent to nobody.</p></header>
<main>
{body}
</main>
</body></html>
''')

    def message(self, key):
        with self.sink.lock:
            try:
                data = self.sink.box.get_bytes(key)
            except KeyError:
                return None, None
        return data, email.message_from_bytes(data, policy=email.policy.default)

    def listing(self):
        rows = []
        with self.sink.lock:
            keys = sorted(self.sink.box.keys(), key=lambda k: (int(k.split('.')[0]), k), reverse=True)
        for key in keys[:500]:
            _, m = self.message(key)
            if m is None:
                continue
            rows.append(f'<tr><td>{html.escape(when(m["Date"]))}</td><td>{html.escape(words(m["Delivered-To"]))}</td>'
                        f'<td><a href="/mail/{html.escape(key)}">{html.escape(words(m["Subject"]) or "(no subject)")}</a></td></tr>')
        self.page('Mails', f'<h1>Mails</h1><p>{len(keys)} in all, the newest first.</p><table class="list"><thead><tr>'
                  f'<th scope="col">Date (UTC)</th><th scope="col">To</th><th scope="col">Subject</th></tr></thead>'
                  f'<tbody>{"".join(rows)}</tbody></table>')

    def show(self, key, m):
        first = ('From', 'To', 'Date')
        more = ('Message-ID', 'Return-Path', 'List-Unsubscribe', 'List-Unsubscribe-Post')
        plain = m.get_body(('plain',))
        text = html.escape(plain.get_content()) if plain is not None else ''
        text = re.sub(r'https://[^\s<&"]+', lambda x: f'<a href="{x.group()}">{x.group()}</a>', text)
        # what people see first is what their mail program shows: the HTML part
        frame = (f'<h2>As HTML</h2><iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" '
                 f'src="/mail/{html.escape(key)}/html"></iframe>') if m.get_body(('html',)) is not None else ''
        self.page(words(m['Subject']), f'<p><a href="/">All mails</a></p><h1>{html.escape(words(m["Subject"]))}</h1>'
                  f'{table(m, first)}{frame}<h2>As text</h2><pre>{text}</pre>'
                  f'<h2>What mail programs read</h2>{table(m, more)}'
                  f'<p><a href="/mail/{html.escape(key)}/raw">As it came</a></p>')

    def do_GET(self):
        if self.headers.get('Host') not in self.hosts:
            return self.reply(421, 'text/plain; charset=utf-8', 'another host\n')
        if self.path == '/':
            return self.listing()
        found = re.fullmatch(r'/mail/([A-Za-z0-9._=,:-]{1,200})(/html|/raw)?', self.path)
        data, m = self.message(found.group(1)) if found else (None, None)
        if m is None:
            return self.page('Not found', '<h1>There is no such mail</h1><p><a href="/">All mails</a></p>', 404)
        if found.group(2) == '/raw':
            return self.reply(200, 'text/plain; charset=utf-8', data, MAIL_POLICY)
        if found.group(2) == '/html':
            part = m.get_body(('html',))
            body = part.get_content() if part is not None else ''
            return self.reply(200, 'text/html; charset=utf-8', body.replace('<head>', '<head><base target="_blank">', 1), MAIL_POLICY)
        return self.show(found.group(1), m)

    do_HEAD = do_GET


class Gateway(BaseHTTPRequestHandler):
    """Takes text messages, as a gateway to phones does, and keeps them as mails."""

    sink = None

    def log_message(self, *args):
        return

    def do_POST(self):
        length = int(self.headers.get('Content-Length') or 0)
        try:
            asked = json.loads(self.rfile.read(min(length, 65536)))
            to, text = asked['to'], asked['text']
            assert re.fullmatch(r'\+[0-9]{7,15}', to) and isinstance(text, str)
        except (ValueError, KeyError, TypeError, AssertionError):
            return self.say(400, {'error': 'expected {"to": "+15125550100", "text": "..."}'})
        m = email.message.EmailMessage()
        m['Date'] = email.utils.formatdate()
        m['From'], m['To'], m['Delivered-To'] = 'Text message <text@phone.invalid>', f'{to}@phone.invalid', f'{to}@phone.invalid'
        m['Subject'] = ' '.join(text.split())
        m.set_content(text + '\n')
        with self.sink.lock:
            self.sink.box.add(m.as_bytes())
        return self.say(202, {'kept': True})

    def say(self, status, what):
        data = json.dumps(what).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main():
    args = argparse.ArgumentParser()
    for name in ('state', 'user', 'cert', 'key'):
        args.add_argument(f'--{name}', required=True)
    args.add_argument('--port', type=int, default=8025)
    args.add_argument('--page', type=int, default=8026)
    args.add_argument('--text', type=int, default=8027)
    a = args.parse_args()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.load_cert_chain(a.cert, a.key)
    if os.geteuid() == 0: # the key is root's; nothing else needs root
        who = pwd.getpwnam(a.user)
        os.setgroups([])
        os.setgid(who.pw_gid)
        os.setuid(who.pw_uid)
    os.umask(0o077)
    sink = Sink(a.state)
    smtp = Controller(sink, hostname='127.0.0.1', port=a.port, tls_context=tls, require_starttls=True,
                      data_size_limit=2 ** 20)
    smtp.start()
    Page.sink = sink
    Page.hosts = (f'127.0.0.1:{a.page}', f'localhost:{a.page}')
    page = ThreadingHTTPServer(('127.0.0.1', a.page), Page)
    page.daemon_threads = True
    Gateway.sink = sink
    gateway = ThreadingHTTPServer(('127.0.0.1', a.text), Gateway)
    gateway.daemon_threads = True
    gateway.socket = tls.wrap_socket(gateway.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    print('sink: ready', file=sys.stderr, flush=True)
    page.serve_forever()


if __name__ == '__main__':
    main()
