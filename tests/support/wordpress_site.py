#!/usr/bin/python3
"""A WordPress site, as far as a reader without an account sees it.

Its posts stand in FOLDER/posts.json, which is read anew at each request:
    [{"id": 1, "title": "…", "content": "<p>…</p>", "excerpt": "…",
      "date": "2026-11-20T07:00:00", "modified": "…", "author": "Ann Lee",
      "categories": ["World"], "tags": [], "image": "https://…", "alt": "…",
      "status": "publish", "password": ""}, …]
FOLDER/site.json may hold {"name", "language", "timezone", "api": "link",
"header", "query" or "closed", "feed": true, "home": "…HTML…"}. The port goes
to FOLDER/port, each request as a line to FOLDER/log.
"""
import email.utils
import html
import http.server
import json
import pathlib
import sys
import datetime
import urllib.parse

folder = pathlib.Path(sys.argv[1])
log = open(folder / "log", "a", buffering=1)


def load(name, default):
    path = folder / name
    return json.loads(path.read_text()) if path.exists() else default


def slug(name):
    return name.lower().replace(" ", "-")


def public(posts):
    return [p for p in posts if p.get("status", "publish") == "publish"]


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


def terms(names, taxonomy, known):
    return [{"id": known.setdefault((taxonomy, n), len(known) + 1),
             "name": html.escape(n, quote=False), "slug": slug(n),
             "taxonomy": taxonomy} for n in names]


def post_json(post, at, embed, known):
    shut = bool(post.get("password"))
    categories = terms(post.get("categories", ["Uncategorized"]), "category",
                       known)
    tags = terms(post.get("tags", []), "post_tag", known)
    modified = post.get("modified", post["date"])
    out = {
        "id": post["id"], "date": post["date"], "date_gmt": post["date"],
        "guid": {"rendered": "%s/?p=%d" % (at, post["id"])},
        "modified": modified, "modified_gmt": modified,
        "slug": "post-%d" % post["id"], "status": "publish", "type": "post",
        "link": "%s/%s/" % (at, post.get("slug", "post-%d" % post["id"])),
        "title": {"rendered": post["title"].replace("&", "&#038;")
                  .replace("'", "&#8217;")},
        "content": {"rendered": "" if shut else post.get("content", ""),
                    "protected": shut},
        "excerpt": {"rendered": "" if shut else
                    "<p>%s</p>\n" % post["excerpt"] if "excerpt" in post else
                    "<p>%s [&hellip;]</p>\n" % "Words cut off here",
                    "protected": shut},
        "author": 1, "featured_media": 7 if "image" in post else 0,
        "categories": [t["id"] for t in categories],
        "tags": [t["id"] for t in tags],
        "_links": {"self": [{"href": "%s/wp-json/wp/v2/posts/%d"
                             % (at, post["id"])}]},
    }
    if not embed:
        return out
    inside = out["_embedded"] = {}
    if "author" in embed:
        inside["author"] = [
            {"id": 1, "name": post["author"]} if "author" in post else
            {"code": "rest_user_invalid_id", "message": "Invalid user ID.",
             "data": {"status": 404}}]
    if "wp:featuredmedia" in embed and "image" in post:
        inside["wp:featuredmedia"] = [{
            "id": 7, "source_url": post["image"],
            "alt_text": post.get("alt", ""),
            "media_details": {"sizes": {"large": {
                "source_url": post["image"].replace(".jpg", "-1024.jpg")}}}}]
    if "wp:term" in embed:
        inside["wp:term"] = [categories, tags]
    return out


def number(query, name, default, least, most):
    text = query.get(name, [str(default)])[0]
    if not text.isdigit() or not least <= int(text) <= most:
        raise Refused(400, "rest_invalid_param", "Invalid parameter(s): "
                      + name)
    return int(text)


def only(value, fields):
    """As _fields does: "content.protected" takes a part of a field."""
    out = {}
    for field in fields:
        head, _, tail = field.partition(".")
        if head in value:
            out.setdefault(head, {} if tail else value[head])
            if tail and tail in value[head]:
                out[head][tail] = value[head][tail]
    return out


def list_posts(query, at):
    posts = public(load("posts.json", []))
    include = query.get("include", [""])[0]
    if include:
        wanted = [int(i) for i in include.split(",")]
        posts = [p for p in posts if p["id"] in wanted]
    after = query.get("modified_after", [""])[0]
    if after:
        moment = datetime.datetime.fromisoformat(after.replace("Z", "+00:00"))
        posts = [p for p in posts if datetime.datetime.fromisoformat(
            p.get("modified", p["date"]) + "+00:00") > moment]
    key = query.get("orderby", ["date"])[0]
    posts.sort(key=lambda p: p.get(key, p["date"]),
               reverse=query.get("order", ["desc"])[0] == "desc")
    size = number(query, "per_page", 10, 1, 100)
    page = number(query, "page", 1, 1, 10**6)
    pages = -(-len(posts) // size)
    if page > max(pages, 1):
        raise Refused(400, "rest_post_invalid_page_number",
                      "The page number requested is larger than the number "
                      "of pages available.")
    embed = query.get("_embed", [""])[0].split(",") if "_embed" in query \
        else []
    known = {}
    out = [post_json(p, at, embed, known)
           for p in posts[(page - 1) * size:page * size]]
    if "_fields" in query:
        out = [only(p, query["_fields"][0].split(",")) for p in out]
    return out, {"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(pages)}


def feed(at, site):
    items = "".join(
        "<item><title>%s</title><link>%s/post-%d/</link><pubDate>%s</pubDate>"
        "<description>%s</description></item>" % (
            html.escape(p["title"]), at, p["id"],
            email.utils.format_datetime(datetime.datetime.fromisoformat(
                p["date"] + "+00:00")), html.escape(p.get("content", "")))
        for p in public(load("posts.json", []))[:10])
    return ("<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'>"
            "<channel><title>%s</title><link>%s/</link><description/>"
            "<language>%s</language>%s</channel></rss>" % (
                html.escape(site.get("name", "A Post")), at,
                site.get("language", "en-GB"), items)).encode()


def home(at, site):
    api = site.get("api", "link")
    root = at + ("/?rest_route=/" if api == "query" else "/wp-json/")
    link = "" if api == "header" else \
        "<link rel='https://api.w.org/' href='%s'>" % root
    feeds = "".join(
        "<link rel='alternate' type='application/rss+xml' title='%s' "
        "href='%s%s'>" % (t, at, p) for t, p in
        [("Comments", "/comments/feed/"), ("Feed", "/feed/")]) \
        if site.get("feed", True) else ""
    return ("<!doctype html><html lang='%s'><head><title>%s</title>%s%s"
            "</head><body><img class='custom-logo' src='/logo.png'>%s</body>"
            "</html>" % (site.get("language", "en-GB"),
                         html.escape("Home - " + site.get("name", "A Post")),
                         feeds, link, site.get("home", ""))).encode(), {
        "Content-Type": "text/html; charset=UTF-8",
        "Link": '<%s>; rel="https://api.w.org/"' % root}


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def route(self, path, query, at, site):
        if site.get("api") == "closed":
            raise Refused(401, "rest_not_logged_in",
                          "You are not currently logged in.")
        if path == "/":
            return {"name": site.get("name", "A Post"), "description": "",
                    "url": at, "home": at, "gmt_offset": 0,
                    "timezone_string": site.get("timezone", ""),
                    "site_icon_url": "", "namespaces": ["oembed/1.0",
                                                        "wp/v2"]}, {}
        if path == "/wp/v2/posts":
            return list_posts(query, at)
        raise Refused(404, "rest_no_route", "No route was found matching the "
                      "URL and request method.")

    def do_GET(self):
        log.write(self.path + "\n")
        at = "http://" + self.headers["Host"]
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        site = load("site.json", {})
        route = query.get("rest_route", [None])[0]
        if url.path.startswith("/wp-json") and site.get("api") != "query":
            route = url.path[len("/wp-json"):] or "/"
        try:
            if route is not None:
                value, headers = self.route(route, query, at, site)
                self.answer(200, json.dumps(value).encode(), {
                    "Content-Type": "application/json; charset=UTF-8",
                    **headers})
            elif url.path == "/":
                body, headers = home(at, site)
                self.answer(200, body, headers)
            elif url.path == "/feed/":
                self.answer(200, feed(at, site), {
                    "Content-Type": "application/rss+xml"})
            else:
                self.answer(404, b"Not found", {"Content-Type": "text/html"})
        except Refused as refused:
            self.answer(refused.status, json.dumps({
                "code": refused.code, "message": str(refused),
                "data": {"status": refused.status}}).encode(),
                {"Content-Type": "application/json; charset=UTF-8"})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
(folder / "port.new").write_text(str(server.server_address[1]))
(folder / "port.new").rename(folder / "port")
server.serve_forever()
