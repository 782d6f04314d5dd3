"""A mail server for tests: prints its port, then each letter as a line of JSON,
and ends when its standard input does.

    mailserver.py starttls|tls|none CERTIFICATE_AND_KEY true|false
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import AuthResult, SMTP

security, pem, wants_login = sys.argv[1], sys.argv[2], sys.argv[3] == "true"
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(pem)


class Box:
    async def handle_DATA(self, server, session, envelope):
        login = session.auth_data.login.decode() if session.authenticated else ""
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": login,
            "secure": session.ssl is not None or security == "tls",
            "letter": envelope.content.decode("ascii"),
        }), flush=True)
        return "250 taken"


def check(server, session, envelope, mechanism, data):
    right = data.login == b"ana" and data.password == b"correct horse"
    return AuthResult(success=right, handled=False, auth_data=data)


def smtp():
    return SMTP(
        Box(),
        hostname="mail.example",
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        auth_required=wants_login,
        # Behind TLS from the first byte on, the library does not see it.
        auth_require_tls=security != "tls",
        authenticator=check if wants_login else None,
    )


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(smtp, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
