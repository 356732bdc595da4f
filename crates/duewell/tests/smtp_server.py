"""A mail server for tests that does what it is told, and writes down what it was given.

It prints `ready PORT` and ends when its standard input closes, so it never outlives the test that started it.
Each line of the record is one JSON object: {"event": "connect" | "auth" | "mail" | "message", ...}.
"""

import argparse
import asyncio
import email
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", required=True)
    parser.add_argument("--mode", default="polite")
    parser.add_argument("--at", default="", help="the recipient that a mode is about; everyone when empty")
    parser.add_argument("--certificate", help="PEM with the chain; offers STARTTLS")
    parser.add_argument("--key")
    parser.add_argument("--implicit", action="store_true", help="TLS from the first byte")
    parser.add_argument("--user")
    parser.add_argument("--password")
    return parser.parse_args()


ARGS = arguments()
RCPT_ANSWERS = {
    "rcpt-450": "450 4.2.1 mailbox busy, come later",
    "rcpt-550": "550 5.1.1 no such mailbox",
    "rcpt-530": "530 5.7.0 authentication required",
    "rcpt-relay": "550 5.7.1 relaying denied",
}


def record(event, **fields):
    # Flushed line by line: the client may be killed right after the answer, and the test reads at once.
    with open(ARGS.record, "a", encoding="utf-8") as file:
        file.write(json.dumps({"event": event, **fields}) + "\n")


def is_about(address):
    return not ARGS.at or address.lower() == ARGS.at.lower()


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        record("mail", sender=address, tls=session.ssl is not None)
        if ARGS.mode == "mail-550":
            return "550 5.7.1 sender refused"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if ARGS.mode in RCPT_ANSWERS and is_about(address):
            return RCPT_ANSWERS[ARGS.mode]
        if ARGS.mode == "drop-at-rcpt" and is_about(address):
            server.transport.abort()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        about = any(is_about(address) for address in envelope.rcpt_tos)
        if ARGS.mode == "data-452" and about:
            return "452 4.3.1 no room now"
        if ARGS.mode == "data-554" and about:
            return "554 5.6.0 content refused"
        message = email.message_from_bytes(envelope.content)
        record(
            "message",
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            message_id=message["Message-ID"],
            subject=str(email.header.make_header(email.header.decode_header(message["Subject"]))),
            tls=session.ssl is not None,
            user=(session.auth_data or b"").decode() if session.authenticated else None,
        )
        if ARGS.mode == "drop-after-data" and about:
            # The message was taken and the client never learns of it.
            server.transport.abort()
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    user, password = data.login.decode(), data.password.decode()
    good = user == ARGS.user and password == ARGS.password
    record("auth", user=user, good=good, tls=session.ssl is not None)
    return AuthResult(success=good, handled=False, auth_data=data.login if good else None)


class Server(SMTP):
    async def _handle_client(self):
        record("connect")
        if ARGS.mode == "greet-421":
            await self.push("421 4.3.2 too busy, come later")
            self.transport.close()
            return
        if ARGS.mode == "greet-nothing":
            self.transport.abort()
            return
        await super()._handle_client()


def protocol(context):
    options = {"hostname": "mail.test", "enable_SMTPUTF8": False}
    if context is not None and not ARGS.implicit:
        options.update(tls_context=context, require_starttls=True)
    if ARGS.user:
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=not ARGS.implicit)
    return Server(Handler(), **options)


async def main():
    context = None
    if ARGS.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ARGS.certificate, ARGS.key)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: protocol(context), "127.0.0.1", 0, ssl=context if ARGS.implicit else None
    )
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
