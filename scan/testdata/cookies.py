# Many small applications in one process, told apart by the first label of the
# Host: every setting of FLASK.md 1.1, 1.2 and 1.5 that decides about cookies.
import datetime
import os

import flask_login
import flask_session
import flask_wtf
import wtforms

KEY = 'k9' * 20
PORT = os.environ['LAB_PORT']


def login():
    session['user'] = 'alice'
    return jsonify(user='alice')


def permanent():
    session.permanent = True
    return login()


def shaped(**contents):
    def view():
        session.update(contents)
        return jsonify(user='alice')
    return view


def cleared():
    answer = jsonify(user=None)
    answer.delete_cookie('session', httponly=True)
    return answer


def untouched():
    return jsonify(user=None)


def literal(*lines):
    def view():
        answer = jsonify(user='alice')
        for line in lines:
            answer.headers.add('Set-Cookie', line)
        return answer
    return view


def bare():
    answer = jsonify(user='alice')
    answer.set_cookie('plain', 'v')
    return answer


class User(flask_login.UserMixin):
    id = '42'


def remembered():
    flask_login.login_user(User(), remember=True)
    return jsonify(user='alice')


class Form(flask_wtf.FlaskForm):
    name = wtforms.StringField()


def form():
    return render_template_string('<!doctype html><form method=post>{{ form.csrf_token }}</form>', form=Form())


def members(app):
    manager = flask_login.LoginManager(app)
    manager.user_loader(lambda user: User())


SIGNED = 'eyJ1c2VyIjoiYWxpY2UifQ.awRmFA.xfZEyjO7GMwsiwLBivQ_MzE1kbM'
TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNzcmYiOiJ4In0.Ynb1kL3DGVoSqXKmUVjj7ZxWiRGVIZzYNfVvKiQXXQo'
CSRF = '1a44b9b6-5a0c-4c1f-8f3a-7d1b6a0c9e55'

CASES = {
    # 1.1
    'default': (login, {}),
    'permanent': (permanent, {}),
    'cleared': (cleared, {}),
    'untouched': (untouched, {}),
    # 1.2
    'secure': (login, dict(SESSION_COOKIE_SECURE=True)),
    'securetext': (login, dict(SESSION_COOKIE_SECURE='False')),
    'secureone': (login, dict(SESSION_COOKIE_SECURE=1)),
    'securezero': (login, dict(SESSION_COOKIE_SECURE=0)),
    'secureliteral': (literal('session=' + SIGNED + '; Secure=False; HttpOnly; Path=/'), {}),
    'secureliteraltrue': (literal('session=' + SIGNED + '; Secure=True; HttpOnly; Path=/'), {}),
    'scriptable': (login, dict(SESSION_COOKIE_HTTPONLY=False)),
    'samesitenone': (login, dict(SESSION_COOKIE_SAMESITE='None')),
    'samesitelax': (login, dict(SESSION_COOKIE_SAMESITE='lax')),
    'samesitestrict': (login, dict(SESSION_COOKIE_SAMESITE='Strict', SESSION_COOKIE_SECURE=True)),
    'samesitecross': (login, dict(SESSION_COOKIE_SAMESITE='None', SESSION_COOKIE_SECURE=True)),
    'samesitebogus': (login, dict(SESSION_COOKIE_SAMESITE='bogus')),
    'samesitetrue': (login, dict(SESSION_COOKIE_SAMESITE=True)),
    'samesitefalse': (login, dict(SESSION_COOKIE_SAMESITE=False)),
    'partitioned': (login, dict(SESSION_COOKIE_PARTITIONED=True)),
    'partitionedliteral': (literal('session=' + SIGNED + '; Secure; HttpOnly; Path=/; Partitioned'), {}),
    'hostprefix': (login, dict(SESSION_COOKIE_NAME='__Host-session', SESSION_COOKIE_SECURE=True)),
    'hostprefixbare': (login, dict(SESSION_COOKIE_NAME='__Host-session')),
    'hostprefixwide': (login, dict(SESSION_COOKIE_NAME='__Host-session', SESSION_COOKIE_SECURE=True, SESSION_COOKIE_DOMAIN='.app.test')),
    'domain': (login, dict(SESSION_COOKIE_DOMAIN='.app.test')),
    'servername': (login, dict(SERVER_NAME='servername.app.test:' + PORT)),
    'path': (login, dict(SESSION_COOKIE_PATH='/app')),
    'applicationroot': (login, dict(APPLICATION_ROOT='/app')),
    'djangohsts': (login, dict(SECURE_HSTS_SECONDS=31536000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True)),
    'preferred': (login, dict(PREFERRED_URL_SCHEME='https')),
    'nokey': (login, dict(SECRET_KEY='')),
    'fallbackkey': (login, dict(SECRET_KEY='fallback-secret-key')),
    # 1.3, 1.5
    'telling': (shaped(email='a@app.test', reset_token='x'), {}),
    'remember': (remembered, {}),
    'remembersecure': (remembered, dict(REMEMBER_COOKIE_SECURE=True, REMEMBER_COOKIE_SAMESITE='Lax', SESSION_COOKIE_SECURE=True)),
    'stored': (login, dict(SESSION_TYPE='filesystem')),
    'form': (form, {}),
    'jwt': (literal('access_token_cookie=' + TOKEN + '; HttpOnly; Path=/', 'csrf_access_token=' + CSRF + '; Path=/'), {}),
    'plain': (bare, {}),
}


def made(view, config):
    one = Flask(__name__)
    one.config.update({'SECRET_KEY': KEY, **config})
    one.add_url_rule('/', 'index', lambda: jsonify(name='lab'))
    one.add_url_rule('/login', 'login', view)
    if 'SESSION_TYPE' in config:
        flask_session.Session(one)
    if view is remembered:
        members(one)
    return one


APPS = {name: made(*case) for name, case in CASES.items()}


def app(environ, start_response):
    return APPS[environ['HTTP_HOST'].partition('.')[0]](environ, start_response)
