"""Feeds and claims over HTTP: who sees them, who may answer them."""
from earmark_corpus import server

from harness import case, check
from api_cases import problem
from crawl_cases import FEED, publish
from service import new_key, serving


def crawled(context, podcast):
    """A store with the whole catalogue and the claims of one crawl."""
    earmark, _ = context.catalogue_copy()
    publish(podcast, context)
    earmark.run("crawl", "add", podcast.url + FEED)
    earmark.run("crawl", "run", "--once", "--allow-private")
    claims = earmark.claims()
    check(len(claims) >= 2, claims)
    return earmark, claims


@case
def claims_are_paged_explained_and_answered(context):
    """The same objects as `earmark claims list`; evidence; dispute, uphold, appeal, release; ETags; refusals."""
    with server.serving(context.data) as podcast:
        earmark, claims = crawled(context, podcast)
        key = new_key(earmark, "admin")
        with serving(earmark) as service:
            listed, path = [], "/v1/claims?limit=1"
            while path:
                page = service.get(path, key=key).expect(200)
                listed += page.json["data"]
                cursor = page.json["next_cursor"]
                path = f"/v1/claims?limit=1&cursor={cursor}" if cursor else None
            check(listed == claims, listed, claims)
            one = next(claim for claim in claims if claim["status"] == "active")
            where = f"/v1/claims/{one['claim_id']}"
            got = service.get(where, key=key).expect(200)
            check(got.json == one, got.json, one)
            only = service.get(f"/v1/claims?recording={one['recording_id']}&status=active", key=key).expect(200).json
            check(one in only["data"] and all(item["recording_id"] == one["recording_id"] for item in only["data"]), only)
            problem(service.get("/v1/claims?status=maybe", key=key), 422)

            evidence = service.get(where + "/evidence", key=key).expect(200).json
            check(evidence["evidence"] == one["evidence"] and evidence["rule"]["rule_id"] == one["rule_id"], evidence)
            check(evidence["history"][0]["kind"] == "created", evidence)

            problem(service.post_json(where + "/uphold", {}, key=key), 409)
            problem(service.post_json(where + "/nonsense", {}, key=key), 404)
            problem(service.post_json(where + "/escalate", {}, key=key), 409)  # only a block
            problem(service.post_json(where + "/dispute", {}, "-H", 'If-Match: "other"', key=key), 412)
            disputed = service.post_json(where + "/dispute", {"reason": "licensed", "note": "Invoice 17"}, "-H",
                                         f"If-Match: {got.headers['etag']}", key=key).expect(200)
            check(disputed.json["status"] == "disputed", disputed)
            problem(service.post_json(where + "/dispute", {}, key=key), 409)
            check(service.post_json(where + "/uphold", {}, key=key).expect(200).json["status"] == "upheld", "uphold")
            check(service.post_json(where + "/appeal", {"note": "look again"}, key=key).expect(200).json["status"] == "appealed",
                  "appeal")
            check(service.ask("POST", where + "/release", key=key).expect(200).json["status"] == "released", "release")
            problem(service.post_json(where + "/dispute", {}, key=key), 409)
            history = service.get(where + "/evidence", key=key).expect(200).json["history"]
            steps = [event["to_status"] for event in history if event["kind"] == "status"]
            check(steps == ["disputed", "upheld", "appealed", "released"], history)
            check(history[1]["note"] == "Invoice 17" and history[1]["reason"] == "licensed", history)
            check([event["role"] for event in history[1:]] == ["uploader", "reviewer", "uploader", "reviewer"], history)
        check([c["status"] for c in earmark.claims() if c["claim_id"] == one["claim_id"]] == ["released"], "not durable")


@case
def only_the_two_sides_see_and_answer_a_claim(context):
    """The owner decides, the proved publisher disputes; other parties find nothing; a feed is proved by its text."""
    with server.serving(context.data) as podcast:
        earmark, claims = crawled(context, podcast)
        one = next(claim for claim in claims if claim["status"] == "active")
        where = f"/v1/claims/{one['claim_id']}"
        owner = new_key(earmark, "holder", one["owner"])
        creator = new_key(earmark, "creator", "The podcaster")
        strangers = [new_key(earmark, "holder", "Other label"), new_key(earmark, "creator", "Other podcaster")]
        with serving(earmark, "--allow-private") as service:
            service.get(where, key=owner).expect(200)
            for key in (*strangers, creator):
                problem(service.get(where, key=key), 404)
                problem(service.get(where + "/evidence", key=key), 404)
                problem(service.post_json(where + "/dispute", {}, key=key), 404)
                check(service.get("/v1/claims", key=key).expect(200).json["data"] == [], "a stranger's list")

            feed = service.post_json("/v1/feeds", {"url": podcast.url + FEED}, key=creator).expect(200).json
            check(feed["status"] == "known" and not feed["verified"] and feed["verification"], feed)
            problem(service.get(where, key=creator), 404)  # to name a feed proves nothing
            problem(service.post_json("/v1/feeds/verify", {"url": podcast.url + FEED}, key=creator), 422, "not_verified")
            page = podcast.pages[FEED]
            podcast.pages[FEED] = page.replace(b"</channel>", f"<podcast:txt xmlns:podcast='https://podcastindex.org/namespace/1.0' purpose='verify'>{feed['verification']}</podcast:txt></channel>".encode())
            proved = service.post_json("/v1/feeds/verify", {"url": podcast.url + FEED}, key=creator).expect(200).json
            check(proved["verified"], proved)

            listed = service.get("/v1/claims?limit=200", key=creator).expect(200).json["data"]
            check({claim["claim_id"] for claim in listed} == {claim["claim_id"] for claim in claims}, listed)
            problem(service.post_json(where + "/release", {}, key=creator), 403)
            problem(service.post_json(where + "/dispute", {}, key=owner), 403)
            service.post_json(where + "/dispute", {"reason": "own_work"}, key=creator).expect(200)
            service.post_json(where + "/release", {}, key=owner).expect(200)
            check([f["feed"] for f in service.get("/v1/feeds", key=creator).expect(200).json["data"]] == [podcast.url + FEED],
                  "feeds")
            check(service.get("/v1/feeds", key=strangers[1]).expect(200).json["data"] == [], "a stranger's feeds")
