# Django with signed sessions and its token against request forgery, in one file.
import django.conf
import django.core.wsgi
import django.http
import django.urls
import django.views.decorators.csrf

django.conf.settings.configure(
    SECRET_KEY='k9' * 20, ALLOWED_HOSTS=['*'], ROOT_URLCONF=__name__,
    SESSION_ENGINE='django.contrib.sessions.backends.signed_cookies',
    MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware', 'django.middleware.csrf.CsrfViewMiddleware'],
)


@django.views.decorators.csrf.ensure_csrf_cookie
def login(request):
    request.session['user'] = 'alice'
    return django.http.JsonResponse({'user': 'alice'})


urlpatterns = [django.urls.path('login', login)]
app = django.core.wsgi.get_wsgi_application()
