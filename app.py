"""The site as a WSGI application; `python app.py` runs the whole of it: site, worker and sandbox."""

from xero_onboard.factory import create_app

if __name__ == "__main__":
    from xero_onboard.ops.stage import main

    main(create_app)
else:
    app = create_app()
