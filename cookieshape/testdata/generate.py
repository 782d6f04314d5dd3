"""Writes cookies made by the real libraries, one JSON line each.

Called by real_test.go: generate.py COUNT NOW KIND... The clock stands at NOW and
chance has a fixed seed, so that a run can be repeated. A kind whose library is
not installed gives one line that names the Debian package it needs.
"""
import base64
import datetime
import json
import random
import sys
import time
import uuid
import warnings

count, now, kinds = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
warnings.simplefilter("ignore")
clock = [now]
time.time = lambda: clock[0] + 0.25


def text(n):
    return "".join(random.choice("abcxyz ABC019-_.:|!?\"\\/äßé中😀\u0000\u2028") for _ in range(random.randrange(n)))


def plain(depth=0):
    pick = random.randrange(9 if depth < 3 else 6)
    if pick == 6:
        return [plain(depth + 1) for _ in range(random.randrange(4))]
    if pick == 7:
        return {text(8): plain(depth + 1) for _ in range(random.randrange(4))}
    if pick == 8:
        return "x" * random.randrange(400)
    return [text(30), random.randrange(-9, 10**9), random.random(), True, None, ""][pick]


def payload(values=plain):
    d = {random.choice(["user", "user_id", "cart", "n", "lang", "a b", "é", text(6)]): values() for _ in range(random.randrange(1, 6))}
    return d


def flask():
    import flask
    from flask.sessions import SecureCookieSessionInterface
    from markupsafe import Markup
    app = flask.Flask("x")
    app.secret_key = "dev"
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    tagged = [lambda: ("error", text(20)), lambda: text(9).encode(), lambda: Markup("<b>" + text(5)), lambda: uuid.UUID(int=random.getrandbits(128)),
              lambda: datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), lambda: {" t": 1}, lambda: float("inf"), lambda: float("nan"), plain]
    while True:
        clock[0] = now - random.randrange(9 * 365 * 86400)
        d = payload(random.choice([plain, lambda: random.choice(tagged)()]))
        if random.random() < 0.2:
            d["_flashes"] = [("message", text(40))]
        if random.random() < 0.2:
            d.update(_fresh=True, _user_id="42", _id="%0128x" % random.getrandbits(512))
        yield "session", signer.dumps(d), *sorted(d, key=str.encode)


def reset():
    from itsdangerous import URLSafeTimedSerializer
    signer = URLSafeTimedSerializer("dev", salt="password-reset")
    while True:
        yield random.choice(["reset_token", "confirm", "email_verification", "invite_token"]), signer.dumps(payload())


def itsdangerous_text():
    from itsdangerous import URLSafeTimedSerializer
    signer = URLSafeTimedSerializer("dev")
    while True:
        yield "session", signer.dumps(random.choice([text(30), [1, text(9)], 42, None]))


def starlette():
    from starlette.middleware.sessions import SessionMiddleware
    signer = SessionMiddleware(None, "dev").signer
    while True:
        yield "session", signer.sign(base64.b64encode(json.dumps(payload()).encode("utf-8"))).decode("utf-8")


def django_setup():
    from django.conf import settings
    if settings.configured:
        return
    settings.configure(SECRET_KEY="dev", SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies")
    import django
    django.setup()


def django_session():
    django_setup()
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    while True:
        store = SessionStore()
        store.update(payload())
        yield "sessionid", store._get_session_key()


def django_cookie():
    django_setup()
    from django.core import signing
    while True:
        yield "session", signing.get_cookie_signer(salt="x").sign(random.choice(["42", "alice", "a.b.c", base64.urlsafe_b64encode(b'{"a":1}').decode()]))


def django_id():
    django_setup()
    from django.contrib.sessions.backends.file import SessionStore
    while True:
        yield "sessionid", SessionStore()._get_new_session_key()


def jwt():
    import jwt
    while True:
        algorithm = random.choice(["HS256", "HS384", "HS512"])
        yield random.choice(["session", "access_token_cookie", "token"]), jwt.encode(payload(), "dev", algorithm=algorithm)


def jwt_sha1():
    import hashlib
    import hmac
    def b64(b):
        return base64.urlsafe_b64encode(b).rstrip(b"=")
    while True:
        body = random.choice([b"{  }", b'{"":', json.dumps(payload()).encode()])
        head = b64(b'{"alg":"HS1","typ":"JWT"}') + b"." + b64(body)
        yield "session", (head + b"." + b64(hmac.new(b"dev", head, hashlib.sha1).digest())).decode()


def wtf():
    import flask
    from flask_wtf.csrf import generate_csrf
    app = flask.Flask("x")
    app.secret_key = "dev"
    while True:
        with app.test_request_context():
            yield random.choice(["csrf_token", "session"]), generate_csrf()


def remember():
    from flask import Flask
    from flask_login.utils import encode_cookie
    app = Flask("x")
    app.secret_key = "dev"
    with app.app_context():
        while True:
            yield "remember_token", encode_cookie(random.choice(["42", "alice@example.com", str(uuid.UUID(int=random.getrandbits(128)))]))


def server_session():
    from itsdangerous import Signer
    signer = Signer("dev", salt="flask-session", key_derivation="hmac")
    while True:
        sid = random.choice([str(uuid.UUID(int=random.getrandbits(128), version=4)), base64.urlsafe_b64encode(random.randbytes(32)).decode().rstrip("=")])
        yield "session", random.choice([sid, signer.sign(sid).decode()])


def bottle():
    from bottle import cookie_encode
    while True:
        yield "account", '"' + cookie_encode(("account", payload()), "dev").decode() + '"'


def tornado():
    from tornado.web import create_signed_value
    while True:
        version = random.choice([1, 2])
        yield random.choice(["user", "session"]), create_signed_value("dev", "user", text(20), version=version, clock=time.time).decode()


def pyramid():
    from webob.cookies import SignedSerializer
    from pyramid.session import JSONSerializer, PickleSerializer
    while True:
        serializer = SignedSerializer("dev", "pyramid.session.", "sha512", serializer=random.choice([JSONSerializer(), PickleSerializer()]))
        yield "session", serializer.dumps((now + 0.5, now, payload())).decode()


def ticket():
    from pyramid.authentication import AuthTicket
    while True:
        yield "auth_tkt", AuthTicket("dev", random.choice(["42", "alice"]), "0.0.0.0", tokens=("a",), time=now, hashalg=random.choice(["md5", "sha512"])).cookie_value()


packages = {
    "flask": "python3-flask", "itsdangerous": "python3-itsdangerous", "starlette": "python3-starlette", "django": "python3-django",
    "jwt": "python3-jwt", "flask_wtf": "python3-flaskext.wtf", "flask_login": "python3-flask-login", "bottle": "python3-bottle",
    "tornado": "python3-tornado", "webob": "python3-pyramid", "pyramid": "python3-pyramid",
}
for kind in kinds:
    random.seed(kind)
    clock[0] = now
    try:
        source = globals()[kind]()
        for _ in range(count):
            name, value, *names = next(source)
            print(json.dumps({"kind": kind, "name": name, "value": value, "keys": names}))
    except ModuleNotFoundError as missing:
        package = packages.get(missing.name.partition(".")[0], missing.name)
        print(json.dumps({"kind": kind, "needs": package}))
