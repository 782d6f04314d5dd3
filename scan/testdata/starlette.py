# Starlette with its session, which goes by the same name as Flask's.
import starlette.applications
import starlette.middleware
import starlette.middleware.sessions
import starlette.responses
import starlette.routing


async def login(request):
    request.session['user'] = 'alice'
    return starlette.responses.JSONResponse({'user': 'alice'})


app = starlette.applications.Starlette(
    routes=[starlette.routing.Route('/login', login)],
    middleware=[starlette.middleware.Middleware(starlette.middleware.sessions.SessionMiddleware, secret_key='k9' * 20)],
)
