PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO schema_migrations VALUES(1,'first cut',1700000000000);
INSERT INTO schema_migrations VALUES(2,'shared material and evidence',1700000000000);
INSERT INTO schema_migrations VALUES(3,'service',1795559199074);
CREATE TABLE store (
         id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
         uuid TEXT NOT NULL,
         revision BIGINT NOT NULL,
         created_at BIGINT NOT NULL);
INSERT INTO store VALUES(1,'7a524b6c-9883-4c7f-90d5-a9faf867c8c5',4,1700000000000);
CREATE TABLE parties (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         name TEXT NOT NULL UNIQUE,
         created_at BIGINT NOT NULL);
INSERT INTO parties VALUES(1,'Label',1700000000000);
CREATE TABLE policies (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         rule_id TEXT NOT NULL,
         version BIGINT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         action TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         UNIQUE (rule_id, version));
INSERT INTO policies VALUES(1,'rule_vf5t45sifzi3v3le',1,1,'monetize',1700000000000);
CREATE TABLE recordings (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         identity TEXT NOT NULL UNIQUE,
         status TEXT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         policy_key BIGINT NOT NULL REFERENCES policies (key),
         title TEXT NOT NULL,
         isrc TEXT NOT NULL,
         source TEXT NOT NULL,
         content_sha256 TEXT NOT NULL,
         duration_ms BIGINT NOT NULL,
         fingerprint_bytes BIGINT NOT NULL,
         reason TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL);
INSERT INTO recordings VALUES(1,'rec_binffmxphthzwyrx','0a1a52b2ef3ccf9b6237a91f6384eda0d6afb4ed5c290239c5d3b28d8fdda100','registered',1,1,'Title of song','','song.flac','af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa',180000,4,'',1700000000000,1700000000000);
INSERT INTO recordings VALUES(2,'rec_v63mnfauatuad3fp','afb6c6941404e801ecaf9e1bd22012f831898f708a58cf0751b2a83f5c5a9d75','registered',1,1,'Title of jingle','','jingle.flac','6105edf622c6832fe64cda32d7d3cae325e7f2cd48ab4bea77681e7e465d17c5',180000,6,'',1700000000000,1700000000000);
INSERT INTO recordings VALUES(3,'rec_jrp2zwum36fqs5xa','4c5facda8cdf8b0976e0c972393d85fc9f65adb70c094b02f0b51c0f83291905','forgotten',1,1,'Title of gone','','gone.flac','53ca8544837859d499a150cac79e88e8c9d9890e35e03435a5d5c2d9ad6bb46e',180000,0,'',1700000000000,1700000000000);
INSERT INTO recordings VALUES(4,'rec_yht63bgpyz4x5crm','c1e7ed84cfc6797e8a2cc7267e8f7ddca8b2a2231aca3f034978cbc5240e5d43','quarantined',1,1,'Title of silence','','silence.flac','5dcf76e6e2318666e4d2dd3d469cf22edd87fade231d87ad12d44346fa786719',180000,0,'silence',1700000000000,1700000000000);
CREATE TABLE recording_contents (
         content_sha256 TEXT NOT NULL PRIMARY KEY,
         recording_key BIGINT NOT NULL REFERENCES recordings (key));
INSERT INTO recording_contents VALUES('af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa',1);
INSERT INTO recording_contents VALUES('6105edf622c6832fe64cda32d7d3cae325e7f2cd48ab4bea77681e7e465d17c5',2);
INSERT INTO recording_contents VALUES('53ca8544837859d499a150cac79e88e8c9d9890e35e03435a5d5c2d9ad6bb46e',3);
INSERT INTO recording_contents VALUES('5dcf76e6e2318666e4d2dd3d469cf22edd87fade231d87ad12d44346fa786719',4);
CREATE TABLE fingerprints (
         recording_key BIGINT NOT NULL PRIMARY KEY REFERENCES recordings (key),
         emfp BLOB NOT NULL);
INSERT INTO fingerprints VALUES(1,X'736f6e67');
INSERT INTO fingerprints VALUES(2,X'6a696e676c65');
CREATE TABLE recording_events (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         at BIGINT NOT NULL,
         kind TEXT NOT NULL,
         detail TEXT NOT NULL);
INSERT INTO recording_events VALUES(1,1,1700000000000,'registered','{"owner":"Label","source":"song.flac","content_sha256":"af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa"}');
INSERT INTO recording_events VALUES(2,2,1700000000000,'registered','{"owner":"Label","source":"jingle.flac","content_sha256":"6105edf622c6832fe64cda32d7d3cae325e7f2cd48ab4bea77681e7e465d17c5"}');
INSERT INTO recording_events VALUES(3,3,1700000000000,'registered','{"owner":"Label","source":"gone.flac","content_sha256":"53ca8544837859d499a150cac79e88e8c9d9890e35e03435a5d5c2d9ad6bb46e"}');
INSERT INTO recording_events VALUES(4,3,1700000000000,'forgotten','{"owner":"Label"}');
INSERT INTO recording_events VALUES(5,4,1700000000000,'quarantined','{"owner":"Label","source":"silence.flac","content_sha256":"5dcf76e6e2318666e4d2dd3d469cf22edd87fade231d87ad12d44346fa786719","reason":"silence"}');
CREATE TABLE catalogue_changes (
         revision BIGINT NOT NULL PRIMARY KEY,
         chain TEXT NOT NULL,
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         kind TEXT NOT NULL);
INSERT INTO catalogue_changes VALUES(1,'4e9d83958699d5e80fdbbc8780eb636128f476ba8facf74935a391f8217098a9',1,'added');
INSERT INTO catalogue_changes VALUES(2,'78749353545e331024a5a76759a163c1925330301afd6adbc34bcfeb06fbcaad',2,'added');
INSERT INTO catalogue_changes VALUES(3,'f904d394f438b91a5623dfb7c0d7a8bd974c37eb922bf1eef0250985205f0310',3,'added');
INSERT INTO catalogue_changes VALUES(4,'371a17c0ff63dad505d833fd6a7ba0dd478da8a5a7f59b211e823a51fad7eb8c',3,'removed');
CREATE TABLE feeds (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         url TEXT NOT NULL UNIQUE,
         title TEXT NOT NULL,
         etag TEXT NOT NULL,
         last_modified TEXT NOT NULL,
         fetched_at BIGINT,
         error TEXT NOT NULL,
         failures BIGINT NOT NULL,
         added_at BIGINT NOT NULL);
INSERT INTO feeds VALUES(1,'https://example.org/feed.xml','The Show','"abc"','',1700000000000,'',0,1700000000000);
CREATE TABLE episodes (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         feed_key BIGINT NOT NULL REFERENCES feeds (key),
         guid TEXT NOT NULL,
         title TEXT NOT NULL,
         published_at BIGINT,
         version BIGINT NOT NULL,
         first_seen_at BIGINT NOT NULL,
         UNIQUE (feed_key, guid));
INSERT INTO episodes VALUES(1,1,'guid-1','One',NULL,1,1700000000000);
INSERT INTO episodes VALUES(2,1,'guid-2','Two',NULL,1,1700000000000);
CREATE TABLE episode_versions (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         episode_key BIGINT NOT NULL REFERENCES episodes (key),
         version BIGINT NOT NULL,
         enclosure_url TEXT NOT NULL,
         enclosure_type TEXT NOT NULL,
         enclosure_length BIGINT,
         first_seen_at BIGINT NOT NULL,
         state TEXT NOT NULL,
         reason TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         attempted_at BIGINT,
         matches BIGINT NOT NULL,
         claims BIGINT NOT NULL,
         UNIQUE (episode_key, version));
INSERT INTO episode_versions VALUES(1,1,1,'https://cdn.example.org/1.mp3','audio/mpeg',1000,1700000000000,'scanned','',0,NULL,2,2);
INSERT INTO episode_versions VALUES(2,2,1,'https://cdn.example.org/2.mp3','audio/mpeg',NULL,1700000000000,'error','timed out',1,1700000000000,0,0);
CREATE TABLE scans (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         at BIGINT NOT NULL,
         engine TEXT NOT NULL,
         duration_ms BIGINT NOT NULL,
         url TEXT NOT NULL,
         final_url TEXT NOT NULL,
         sha256 TEXT NOT NULL,
         bytes BIGINT NOT NULL,
         content_type TEXT NOT NULL,
         etag TEXT NOT NULL,
         fetched_at BIGINT NOT NULL);
INSERT INTO scans VALUES(1,1,1700000000000,'earmark 0.1.0',3600000,'https://cdn.example.org/1.mp3','https://cdn.example.org/1.mp3','ab',1000,'','',0);
CREATE TABLE claims (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         episode_key BIGINT NOT NULL REFERENCES episodes (key),
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         policy_key BIGINT NOT NULL REFERENCES policies (key),
         status TEXT NOT NULL,
         query_start_ms BIGINT NOT NULL,
         query_end_ms BIGINT NOT NULL,
         reference_start_ms BIGINT NOT NULL,
         reference_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         pitch_cents DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         probability DOUBLE PRECISION NOT NULL,
         created_at BIGINT NOT NULL,
         deadline_at BIGINT NOT NULL,
         evidence TEXT NOT NULL);
INSERT INTO claims VALUES(1,'clm_jotfoxgexvjw5f4x',1,1,1,1,'active',60000,80000,30000,50000,1.0,0.0,12.5,0.98999999999999999111,1700000000000,1702592000000,'{"score":12.5,"probability":0.99,"speed":1.0,"pitch_cents":0.0,"engine":"earmark 0.1.0","episode_duration_ms":3600000,"recording":{"title":"Title of song","owner":"Label","sha256":"af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"https://cdn.example.org/1.mp3","sha256":"ab","bytes":1000,"content_type":"","etag":"","fetched_at":"1970-01-01T00:00:00.000Z"}}');
INSERT INTO claims VALUES(2,'clm_4sgrsamcitne5abb',1,1,1,1,'review',200000,220000,30000,50000,1.0,0.0,12.5,0.69999999999999995559,1700000000000,1702592000000,'{"score":12.5,"probability":0.7,"speed":1.0,"pitch_cents":0.0,"engine":"earmark 0.1.0","episode_duration_ms":3600000,"recording":{"title":"Title of song","owner":"Label","sha256":"af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"https://cdn.example.org/1.mp3","sha256":"ab","bytes":1000,"content_type":"","etag":"","fetched_at":"1970-01-01T00:00:00.000Z"}}');
CREATE TABLE claim_events (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         at BIGINT NOT NULL,
         kind TEXT NOT NULL,
         from_status TEXT NOT NULL,
         to_status TEXT NOT NULL,
         actor TEXT NOT NULL,
         note TEXT NOT NULL);
INSERT INTO claim_events VALUES(1,1,1700000000000,'created','','active','engine','');
INSERT INTO claim_events VALUES(2,2,1700000000000,'created','','review','engine','');
CREATE TABLE sightings (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         scan_key BIGINT NOT NULL REFERENCES scans (key),
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         claim_key BIGINT REFERENCES claims (key),
         query_start_ms BIGINT NOT NULL,
         query_end_ms BIGINT NOT NULL,
         reference_start_ms BIGINT NOT NULL,
         reference_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         pitch_cents DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         probability DOUBLE PRECISION NOT NULL);
INSERT INTO sightings VALUES(1,1,1,1,60000,80000,30000,50000,1.0,0.0,12.5,0.98999999999999999111);
INSERT INTO sightings VALUES(2,1,1,2,200000,220000,30000,50000,1.0,0.0,12.5,0.69999999999999995559);
CREATE TABLE shared_stretches (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         other_key BIGINT NOT NULL REFERENCES recordings (key),
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         other_start_ms BIGINT NOT NULL,
         other_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         share DOUBLE PRECISION NOT NULL,
         found_at BIGINT NOT NULL);
INSERT INTO shared_stretches VALUES(1,2,1,5000,17000,30000,42000,1.0,31.5,0.4000000000000000222,1700000000000);
CREATE TABLE sighting_evidence (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         sighting_key BIGINT NOT NULL REFERENCES sightings (key),
         kind TEXT NOT NULL,
         media_type TEXT NOT NULL,
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         sha256 TEXT NOT NULL,
         note TEXT NOT NULL,
         data BLOB NOT NULL);
INSERT INTO sighting_evidence VALUES(1,1,'clip.query','audio/flac',25000,35000,'ab','',X'664c6143');
INSERT INTO sighting_evidence VALUES(2,1,'clip.reference','',25000,35000,'','the file is gone',X'');
CREATE TABLE evidence_bundles (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         manifest TEXT NOT NULL,
         sha256 TEXT NOT NULL,
         previous_sha256 TEXT NOT NULL,
         signature TEXT NOT NULL,
         public_key TEXT NOT NULL,
         created_at BIGINT NOT NULL);
INSERT INTO evidence_bundles VALUES(1,1,'{}','cd','','ef','01',1700000000000);
CREATE TABLE api_keys (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         secret_sha256 TEXT NOT NULL,
         role TEXT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         label TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         expires_at BIGINT,
         revoked_at BIGINT,
         rotated_to TEXT NOT NULL);
INSERT INTO api_keys VALUES(1,'key_ybnontndr6lb4jjq','8c6e986e873e774c4e2bdc740b84d0a7de20c8b5494c899f91b328b289ba40cb','holder',1,'',1795559199224,NULL,NULL,'');
CREATE TABLE api_replies (
         party_key BIGINT NOT NULL REFERENCES parties (key),
         idempotency_key TEXT NOT NULL,
         request_sha256 TEXT NOT NULL,
         status BIGINT NOT NULL,
         content_type TEXT NOT NULL,
         headers TEXT NOT NULL,
         body TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         PRIMARY KEY (party_key, idempotency_key));
CREATE TABLE api_jobs (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         kind TEXT NOT NULL,
         request TEXT NOT NULL,
         input TEXT NOT NULL,
         state TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         result TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL);
CREATE TABLE api_audit (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         at BIGINT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         key_id TEXT NOT NULL,
         role TEXT NOT NULL,
         action TEXT NOT NULL,
         target TEXT NOT NULL,
         status BIGINT NOT NULL,
         trace_id TEXT NOT NULL);
CREATE TABLE feed_parties (
         feed_key BIGINT NOT NULL REFERENCES feeds (key),
         party_key BIGINT NOT NULL REFERENCES parties (key),
         token TEXT NOT NULL,
         added_at BIGINT NOT NULL,
         verified_at BIGINT,
         PRIMARY KEY (feed_key, party_key));
CREATE TABLE webhooks (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         url TEXT NOT NULL,
         events TEXT NOT NULL,
         secret TEXT NOT NULL,
         state TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL);
CREATE TABLE webhook_messages (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         webhook_key BIGINT NOT NULL REFERENCES webhooks (key),
         type TEXT NOT NULL,
         payload TEXT NOT NULL,
         state TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         next_at BIGINT NOT NULL,
         last_status BIGINT NOT NULL,
         last_error TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         changed_at BIGINT NOT NULL);
CREATE TABLE webhook_cursor (
         source TEXT NOT NULL PRIMARY KEY,
         sequence BIGINT NOT NULL);
CREATE TABLE chromaprints (
         recording_key BIGINT NOT NULL PRIMARY KEY REFERENCES recordings (key),
         items BLOB NOT NULL);
CREATE TABLE acoustid_submissions (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         track_id TEXT NOT NULL,
         duration_s BIGINT NOT NULL,
         items BLOB NOT NULL,
         mbid TEXT NOT NULL,
         metadata TEXT NOT NULL,
         created_at BIGINT NOT NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('parties',1);
INSERT INTO sqlite_sequence VALUES('policies',1);
INSERT INTO sqlite_sequence VALUES('recordings',4);
INSERT INTO sqlite_sequence VALUES('recording_events',5);
INSERT INTO sqlite_sequence VALUES('feeds',1);
INSERT INTO sqlite_sequence VALUES('episodes',2);
INSERT INTO sqlite_sequence VALUES('episode_versions',2);
INSERT INTO sqlite_sequence VALUES('scans',1);
INSERT INTO sqlite_sequence VALUES('claims',2);
INSERT INTO sqlite_sequence VALUES('claim_events',2);
INSERT INTO sqlite_sequence VALUES('sightings',2);
INSERT INTO sqlite_sequence VALUES('shared_stretches',1);
INSERT INTO sqlite_sequence VALUES('sighting_evidence',2);
INSERT INTO sqlite_sequence VALUES('evidence_bundles',1);
INSERT INTO sqlite_sequence VALUES('api_keys',1);
CREATE INDEX recording_events_by_recording ON recording_events (recording_key);
CREATE INDEX episode_versions_by_state ON episode_versions (state);
CREATE INDEX scans_by_version ON scans (version_key);
CREATE INDEX claims_by_use ON claims (episode_key, recording_key);
CREATE INDEX claims_by_recording ON claims (recording_key);
CREATE INDEX claim_events_by_claim ON claim_events (claim_key);
CREATE INDEX sightings_by_scan ON sightings (scan_key);
CREATE INDEX sightings_by_recording ON sightings (recording_key);
CREATE INDEX shared_stretches_by_recording ON shared_stretches (recording_key);
CREATE INDEX shared_stretches_by_other ON shared_stretches (other_key);
CREATE INDEX sighting_evidence_by_sighting ON sighting_evidence (sighting_key);
CREATE INDEX sightings_by_claim ON sightings (claim_key);
CREATE INDEX evidence_bundles_by_claim ON evidence_bundles (claim_key);
CREATE INDEX api_replies_by_age ON api_replies (created_at);
CREATE INDEX api_jobs_by_state ON api_jobs (state);
CREATE INDEX api_audit_by_party ON api_audit (party_key);
CREATE INDEX webhook_messages_by_state ON webhook_messages (state, next_at);
CREATE INDEX webhook_messages_by_webhook ON webhook_messages (webhook_key);
CREATE INDEX acoustid_submissions_by_mbid ON acoustid_submissions (mbid);
COMMIT;
