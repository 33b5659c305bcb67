"""Why something matched or did not; shared material; the evidence of a claim, checked without the program."""
import hashlib
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree
import zipfile

import numpy

from earmark_corpus import feed, media, server

from harness import Skip, TIME_CODE_MS, case, check, check_close

RATE = 44100
FEED = "/feed.xml"
SVG = "{http://www.w3.org/2000/svg}"


def part_of(context, file, start, length):
    return media.read(context.data / file, RATE, 1)[start * RATE:(start + length) * RATE]


@case
def explains_what_is_found_and_what_is_not(context):
    """explain says what match says, names the stage that lost a recording, and draws both."""
    earmark, recordings = context.catalogue_copy()
    query = context.data / context.truth["episodes"][0]["file"]
    match = earmark.run("match", query).line["matches"][0]

    found = earmark.run("explain", query, match["recording_id"], "--svg", context.work / "found.svg").line
    strange = sorted((context.data / "unregistered").iterdir())[0]
    lost = earmark.run("explain", strange, match["recording_id"], "--svg", context.work / "lost.svg").line
    elsewhere = earmark.run("explain", query, match["recording_id"], "--at", str(match["query_end_ms"] + 60000)).line

    check(found["matched"] and found["outcome"] == "matched", found["reason"])
    for name in ("query_start_ms", "query_end_ms", "reference_start_ms", "reference_end_ms", "speed"):
        check(found["line"][name] == match[name], name, found["line"], match)
    check(found["probability"] == match["probability"] and found["proof"]["z"] == match["score"], found["proof"], match)
    check(found["candidates"]["landmarks"]["rank"] == 1, found["candidates"])
    check(found["runner_up"]["recording_id"] != match["recording_id"] and found["runner_up"]["margin"] > 5,
          found["runner_up"])
    check(found["proof"]["mirrored"] < found["proof"]["agreement"], found["proof"])
    check(not lost["matched"] and lost["outcome"] in ("no_candidate", "weak_proof", "too_unsure"), lost["reason"])
    check(lost["reason"] and not elsewhere["matched"], elsewhere["reason"])
    for name, word in (("found.svg", "Found"), ("lost.svg", "Not found")):
        root = xml.etree.ElementTree.parse(context.work / name).getroot()
        check(root.tag == SVG + "svg" and len(root.findall(f".//{SVG}circle")) > 200, name, root.tag)
        check(any(text.text == word for text in root.iter(SVG + "text")), name)
    missing = earmark.run("explain", query, "rec_none", exit=1)
    check("no such recording" in missing.err, missing)


@case
def an_emfp_is_explained_like_its_audio(context):
    """A fingerprint that never was audio here gives the same explanation."""
    earmark, _ = context.catalogue_copy()
    query = context.data / context.truth["episodes"][0]["file"]
    earmark.run("fingerprint", query, "-o", context.work / "prints")
    recording = earmark.run("match", query).line["matches"][0]["recording_id"]

    audio = earmark.run("explain", query, recording).line
    emfp = earmark.run("explain", context.work / "prints" / (query.stem + ".emfp"), recording).line

    for name in ("outcome", "line", "proof", "candidates", "runner_up"):
        check(audio[name] == emfp[name], name, audio[name], emfp[name])


def crawl_all(context, earmark):
    """Crawls the demonstration feed; the claims."""
    with server.serving(context.data) as podcast:
        podcast.pages[FEED] = feed.rss(context.truth, context.data, podcast.url)
        earmark.run("crawl", "add", podcast.url + FEED)
        earmark.run("crawl", "run", "--once", "--allow-private")
    return earmark.claims()


def unpacked(context, earmark, claim_id):
    """The folder that a claim's bundle was unpacked to, and the file."""
    file, folder = context.work / f"{claim_id}.zip", context.work / claim_id
    earmark.run("claims", "evidence", claim_id, "-o", file)
    with zipfile.ZipFile(file) as archive:
        check(archive.testzip() is None, "a part has a wrong checksum")
        archive.extractall(folder)
    return folder, file


@case
def a_claim_is_proven_to_a_third_party(context):
    """A bundle has everything, is found true by earmark and without it, and false when anything was touched."""
    earmark, _ = context.catalogue_copy()
    claim = max(crawl_all(context, earmark), key=lambda item: item["probability"])
    folder, file = unpacked(context, earmark, claim["claim_id"])

    verified = earmark.run("verify", file).line
    key = next(line["detail"] for line in earmark.run("doctor", exit=(0, 1)).lines if line["check"] == "signing key")
    check(verified["verified"] and verified["claim_id"] == claim["claim_id"], verified)
    check(verified["public_key"] in key, key, verified)
    earmark.run("verify", folder, "--key", verified["public_key"])
    earmark.run("verify", file, "--key", "00" * 32, exit=1)

    manifest = json.loads((folder / "manifest.json").read_text())
    check(manifest["absent"] == [], manifest["absent"])
    for part in manifest["parts"]:
        check(hashlib.sha256((folder / part["name"]).read_bytes()).hexdigest() == part["sha256"], part)
    fetch = json.loads((folder / "fetch.json").read_text())
    check(fetch["transfer"]["chain"][-1]["status"] == 200 and fetch["transfer"]["headers"], fetch)
    recorded = json.loads((folder / "claim.json").read_text())
    check(recorded["episode"]["start_ms"] == claim["query_start_ms"] and recorded["history"], recorded)
    check(manifest["rule"]["rule_id"] == claim["rule_id"] and "model" in manifest["engine"], manifest)
    xml.etree.ElementTree.parse(folder / "explanation.svg")
    for clip in ("episode-clip.flac", "recording-clip.flac"):
        facts = media.probe(folder / clip)
        check(facts["codec"] == "flac" and facts["rate"] == 8000, facts)
        check_close(facts["seconds"], 10, 5.1, clip)
        matches = earmark.run("match", folder / clip, exit=(0, 3)).line["matches"]
        check([match["recording_id"] for match in matches] == [claim["recording_id"]], clip, matches)

    (folder / "claim.json").write_bytes((folder / "claim.json").read_bytes().replace(b'"speed"', b'"Speed"'))
    spoilt = earmark.run("verify", folder, exit=1)
    check("claim.json" in spoilt.err, spoilt)


@case
def openssl_finds_the_same(context):
    """The documented steps without earmark: openssl for the signature, sha256 for the parts."""
    if not shutil.which("openssl"):
        raise Skip("no openssl here")
    earmark, _ = context.catalogue_copy()
    folder, _ = unpacked(context, earmark, crawl_all(context, earmark)[0]["claim_id"])
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public-key.pem", "-rawin", "-in", "manifest.json",
               "-sigfile", "manifest.sig"]

    good = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text().replace("earmark", "Earmark"))
    bad = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    check(good.returncode == 0, good)
    check(bad.returncode != 0, bad)


@case
def bundles_make_a_chain(context):
    """Each bundle names the one before; the same claim gives the same bytes; TAR is read by tar."""
    earmark, _ = context.catalogue_copy()
    claims = crawl_all(context, earmark)
    first = earmark.run("claims", "evidence", claims[0]["claim_id"], "-o", context.work / "1.tar").line
    second = earmark.run("claims", "evidence", claims[1]["claim_id"], "-o", context.work / "2.zip").line
    again = earmark.run("claims", "evidence", claims[0]["claim_id"], "-o", context.work / "1b.tar").line

    check(first["previous_sha256"] is None and second["previous_sha256"] == first["manifest_sha256"], first, second)
    check(again["sequence"] == first["sequence"], again)
    check((context.work / "1.tar").read_bytes() == (context.work / "1b.tar").read_bytes(), "not the same bytes")
    listed = subprocess.run(["tar", "-tf", context.work / "1.tar"], capture_output=True, text=True, check=True)
    check(listed.stdout.split() == first["parts"], listed.stdout, first["parts"])
    earmark.run("verify", context.work / "1.tar")
    missing = earmark.run("claims", "evidence", "clm_none", "-o", context.work / "x.zip", exit=1)
    check("no such claim" in missing.err, missing)


@case
def shared_loops_go_to_review(context):
    """A loop in recordings of two owners is found when the second is registered, which a person lets in; a use of it alone is
    nobody's to claim without a person."""
    earmark = context.new_store()
    loop = part_of(context, "catalogue/Neverball_contributors/track6.ogg", 8, 10)
    one = part_of(context, "catalogue/Paul_Shuler_Macroform/macroform-cold_day.flac", 130, 40)
    two = part_of(context, "catalogue/Reno_Project/reno_project-system.flac", 30, 40)
    one[5 * RATE:15 * RATE], two[20 * RATE:30 * RATE] = loop, loop
    media.write(one, RATE, context.work / "one.flac", [])
    media.write(two, RATE, context.work / "two.ogg", ["-c:a", "libvorbis", "-b:a", "128k"])
    voice = media.silence(4 * RATE, 1)
    (context.work / "episodes").mkdir()
    media.write(numpy.concatenate([voice, loop, voice]), RATE, context.work / "episodes" / "e.mp3", ["-b:a", "96k"])
    first = earmark.run("register", context.work / "one.flac", "--owner", "One").line

    second = earmark.run("register", context.work / "two.ogg", "--owner", "Two").line
    check(second["status"] == "quarantined" and first["recording_id"] in second["reason"], second)
    earmark.run("recordings", "review", "accept", second["recording_id"])
    shown = earmark.run("recordings", "show", first["recording_id"]).line
    matches = earmark.run("match", context.work / "episodes" / "e.mp3").line["matches"]
    episode = {"title": "E", "guid": "e", "published": "Mon, 06 Oct 2025 06:00:00 +0000", "duration_ms": 18000,
               "file": "episodes/e.mp3"}
    with server.serving(context.work) as podcast:
        podcast.pages[FEED] = feed.rss(context.truth, context.work, podcast.url, [episode])
        earmark.run("crawl", "add", podcast.url + FEED)
        earmark.run("crawl", "run", "--once", "--allow-private")
    claims = earmark.claims()

    check(first["shared"] == [] or all(item["kind"] == "repeat" for item in first["shared"]), first)
    shared = [item for item in second["shared"] if item["kind"] != "repeat"]
    check(len(shared) == 1 and shared[0]["recording_id"] == first["recording_id"], second)
    check_close(shared[0]["start_ms"], 20000, TIME_CODE_MS, "start")
    check_close(shared[0]["end_ms"], 30000, TIME_CODE_MS, "end")
    check_close(shared[0]["other_start_ms"], 5000, TIME_CODE_MS, "other start")
    check([item["recording_id"] for item in shown["shared"] if item["kind"] != "repeat"] == [second["recording_id"]],
          shown)
    ids = {first["recording_id"], second["recording_id"]}
    check(matches and claims, matches, claims)
    for match in matches:
        check({match["recording_id"], *match["ambiguous_with"]} == ids, matches)
    for claim in claims:
        check(claim["status"] == "review", claims)
        check({claim["recording_id"], *claim["evidence"]["ambiguous_with"]} == ids, claims)


@case
def a_jingle_in_many_recordings_is_called_one(context):
    """Four seconds that three recordings have in common are a jingle in each of them."""
    earmark = context.new_store()
    jingle = part_of(context, "catalogue/Àlex_Almarza/training.ogg", 14, 4)
    ids = []
    for i, (file, at) in enumerate([("catalogue/Paul_Shuler_Macroform/macroform-cold_day.flac", 3),
                                    ("catalogue/Reno_Project/reno_project-system.flac", 12),
                                    ("catalogue/Tangram_Games/bundesliga.ogg", 20)]):
        samples = part_of(context, file, 20, 30)
        samples[at * RATE:(at + 4) * RATE] = jingle
        media.write(samples, RATE, context.work / f"{i}.flac", [])
        ids.append(earmark.run("register", context.work / f"{i}.flac").line["recording_id"])

    for i, recording in enumerate(ids):
        shared = [item for item in earmark.run("recordings", "show", recording).line["shared"]
                  if item["kind"] != "repeat"]
        check({item["recording_id"] for item in shared} == set(ids) - {recording}, i, shared)
        check(all(item["kind"] == "jingle" for item in shared), i, shared)


@case
def notices_and_cue_sheets_are_drafted(context):
    """A notice names the use, in two languages and from edited templates; a cue sheet has a line a use."""
    earmark, _ = context.catalogue_copy()
    claims = crawl_all(context, earmark)
    claim = claims[0]

    english = earmark.run("claims", "notice", claim["claim_id"], "--fill", "signer=A. Lee").line["text"]
    chinese = earmark.run("claims", "notice", claim["claim_id"], "--kind", "counter", "--language", "zh").line["text"]
    check(claim["title"] in english and claim["guid"] in english and "A. Lee" in english, english)
    check("penalty of perjury" in english and "[address: " in english, english)
    check("反通知" in chinese and claim["title"] in chinese, chinese)
    earmark.run("claims", "notice", "--write-templates", earmark.store / "templates")
    check(len(os.listdir(earmark.store / "templates")) == 8, os.listdir(earmark.store / "templates"))
    (earmark.store / "templates" / "dmca.en.txt").write_text("Ours: {{claim_id}}")
    check(earmark.run("claims", "notice", claim["claim_id"]).line["text"] == f"Ours: {claim['claim_id']}", "template")
    cues = earmark.run("claims", "cue-sheet").lines
    check({cue["claim_id"] for cue in cues} == {item["claim_id"] for item in claims}, cues)
    earmark.run("claims", "cue-sheet", "--guid", claim["guid"], "-o", context.work / "cues.csv")
    lines = (context.work / "cues.csv").read_text().splitlines()
    check(len(lines) == 1 + sum(item["guid"] == claim["guid"] for item in claims), lines)
    usage = earmark.run_plain("claims", "notice")
    check(usage.exit == 2, usage)
