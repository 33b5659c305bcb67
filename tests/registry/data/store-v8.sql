PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO schema_migrations VALUES(1,'first cut',1700000000000);
INSERT INTO schema_migrations VALUES(2,'shared material and evidence',1700000000000);
INSERT INTO schema_migrations VALUES(3,'service',1795559199074);
INSERT INTO schema_migrations VALUES(4,'rights, policies, procedure',1700000000000);
INSERT INTO schema_migrations VALUES(5,'crawling',1700000000000);
INSERT INTO schema_migrations VALUES(6,'money',1700100000000);
INSERT INTO schema_migrations VALUES(7,'audience',1795572075909);
INSERT INTO schema_migrations VALUES(8,'live streams',1795581291019);
CREATE TABLE store (
         id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
         uuid TEXT NOT NULL,
         revision BIGINT NOT NULL,
         created_at BIGINT NOT NULL);
INSERT INTO store VALUES(1,'7a524b6c-9883-4c7f-90d5-a9faf867c8c5',5,1700000000000);
CREATE TABLE parties (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         name TEXT NOT NULL UNIQUE,
         created_at BIGINT NOT NULL);
INSERT INTO parties VALUES(1,'Label',1700000000000);
INSERT INTO parties VALUES(2,'Writer',1700000000000);
INSERT INTO parties VALUES(3,'Studio',1700000000000);
INSERT INTO parties VALUES(4,'Other label',1700018000000);
CREATE TABLE policies (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         rule_id TEXT NOT NULL,
         version BIGINT NOT NULL,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         action TEXT NOT NULL,
         created_at BIGINT NOT NULL, name TEXT NOT NULL DEFAULT '', template TEXT NOT NULL DEFAULT '',
         UNIQUE (rule_id, version));
INSERT INTO policies VALUES(1,'rule_vf5t45sifzi3v3le',1,1,'monetize',1700000000000,'','');
INSERT INTO policies VALUES(2,'rule_ylex5choywnyglrh',1,3,'monetize',1700000000000,'','');
INSERT INTO policies VALUES(3,'rule_eqhdusdvilrswdhv',1,1,'track',1700000000000,'careful','monetize-from-30s');
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
INSERT INTO recordings VALUES(5,'rec_aug4buqrsz2g4arr','050dc0d21196746e02317ff98def4c107e0c1c84f36b38e5008509685e729460','registered',3,2,'Title of bell','','bell.flac','2b5e11eca58b55d91774f1b3e09d41c2068373d4d0f9a9632c88daabb9879b67',180000,4,'',1700000000000,1700000000000);
CREATE TABLE recording_contents (
         content_sha256 TEXT NOT NULL PRIMARY KEY,
         recording_key BIGINT NOT NULL REFERENCES recordings (key));
INSERT INTO recording_contents VALUES('af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa',1);
INSERT INTO recording_contents VALUES('6105edf622c6832fe64cda32d7d3cae325e7f2cd48ab4bea77681e7e465d17c5',2);
INSERT INTO recording_contents VALUES('53ca8544837859d499a150cac79e88e8c9d9890e35e03435a5d5c2d9ad6bb46e',3);
INSERT INTO recording_contents VALUES('5dcf76e6e2318666e4d2dd3d469cf22edd87fade231d87ad12d44346fa786719',4);
INSERT INTO recording_contents VALUES('2b5e11eca58b55d91774f1b3e09d41c2068373d4d0f9a9632c88daabb9879b67',5);
CREATE TABLE fingerprints (
         recording_key BIGINT NOT NULL PRIMARY KEY REFERENCES recordings (key),
         emfp BLOB NOT NULL);
INSERT INTO fingerprints VALUES(1,X'736f6e67');
INSERT INTO fingerprints VALUES(2,X'6a696e676c65');
INSERT INTO fingerprints VALUES(5,X'62656c6c');
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
INSERT INTO recording_events VALUES(6,5,1700000000000,'registered','{"owner":"Studio","source":"bell.flac","content_sha256":"2b5e11eca58b55d91774f1b3e09d41c2068373d4d0f9a9632c88daabb9879b67"}');
CREATE TABLE catalogue_changes (
         revision BIGINT NOT NULL PRIMARY KEY,
         chain TEXT NOT NULL,
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         kind TEXT NOT NULL);
INSERT INTO catalogue_changes VALUES(1,'4e9d83958699d5e80fdbbc8780eb636128f476ba8facf74935a391f8217098a9',1,'added');
INSERT INTO catalogue_changes VALUES(2,'78749353545e331024a5a76759a163c1925330301afd6adbc34bcfeb06fbcaad',2,'added');
INSERT INTO catalogue_changes VALUES(3,'f904d394f438b91a5623dfb7c0d7a8bd974c37eb922bf1eef0250985205f0310',3,'added');
INSERT INTO catalogue_changes VALUES(4,'371a17c0ff63dad505d833fd6a7ba0dd478da8a5a7f59b211e823a51fad7eb8c',3,'removed');
INSERT INTO catalogue_changes VALUES(5,'0052a39570955f4598934b5e5ecdab251ddb25eea007584db0a8a940728463a5',5,'added');
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
INSERT INTO feeds VALUES(2,'https://radio.example.org/live','Radio','','',NULL,'',0,1795581291069);
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
INSERT INTO scans VALUES(2,1,1700018000000,'earmark test',3600000,'https://cdn.example.org/1.mp3','','ab',0,'','',1700018000000);
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
         evidence TEXT NOT NULL, action TEXT NOT NULL DEFAULT '', in_effect TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', decision TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '');
INSERT INTO claims VALUES(1,'clm_jotfoxgexvjw5f4x',1,1,1,1,'disputed',60000,80000,30000,50000,1.0,0.0,12.5,0.98999999999999999111,1700000000000,1701227600000,'{"score":12.5,"probability":0.99,"speed":1.0,"pitch_cents":0.0,"engine":"earmark 0.1.0","episode_duration_ms":3600000,"recording":{"title":"Title of song","owner":"Label","sha256":"af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"https://cdn.example.org/1.mp3","sha256":"ab","bytes":1000,"content_type":"","etag":"","fetched_at":"1970-01-01T00:00:00.000Z"}}','monetize','monetize','','','');
INSERT INTO claims VALUES(2,'clm_4sgrsamcitne5abb',1,1,1,1,'released',200000,220000,30000,50000,1.0,0.0,12.5,0.69999999999999995559,1700000000000,1700018000000,'{"score":12.5,"probability":0.7,"speed":1.0,"pitch_cents":0.0,"engine":"earmark 0.1.0","episode_duration_ms":3600000,"recording":{"title":"Title of song","owner":"Label","sha256":"af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"https://cdn.example.org/1.mp3","sha256":"ab","bytes":1000,"content_type":"","etag":"","fetched_at":"1970-01-01T00:00:00.000Z"}}','monetize','','','','cleared');
INSERT INTO claims VALUES(3,'clm_upudxqdwmx64dbfg',1,1,5,2,'review',300000,320000,30000,50000,1.0,0.0,12.5,0.69999999999999995559,1700018000000,1700622800000,'{"score":12.5,"probability":0.7,"speed":1.0,"pitch_cents":0.0,"ambiguous_with":[],"engine":"earmark test","episode_duration_ms":3600000,"recording":{"title":"Title of bell","owner":"Studio","sha256":"2b5e11eca58b55d91774f1b3e09d41c2068373d4d0f9a9632c88daabb9879b67"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"","sha256":"ab","bytes":0,"content_type":"","etag":"","fetched_at":"2023-11-15T03:13:20.000Z","transfer":null}}','monetize','','weak_match','{"disposition":"review","action":"monetize","in_effect":"none","reason":"weak_match","rule_id":"rule_ylex5choywnyglrh","rule_version":1,"by_territory":[{"territories":["*"],"action":"monetize","reason":"policy","party":"Studio","rule_id":"rule_ylex5choywnyglrh","rule_version":1,"licence_id":null,"owners":[{"party":"Studio","share_ppm":1000000}]}]}','');
INSERT INTO claims VALUES(4,'clm_6dtiiqvoctaf4b5g',1,1,1,3,'review',400000,420000,30000,50000,1.0,0.0,12.5,0.98999999999999999111,1700018000000,1700622800000,'{"score":12.5,"probability":0.99,"speed":1.0,"pitch_cents":0.0,"ambiguous_with":[],"engine":"earmark test","episode_duration_ms":3600000,"recording":{"title":"Title of song","owner":"Label","sha256":"af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"","sha256":"ab","bytes":0,"content_type":"","etag":"","fetched_at":"2023-11-15T03:13:20.000Z","transfer":null}}','track','','ownership_conflict','{"disposition":"review","action":"track","in_effect":"none","reason":"ownership_conflict","rule_id":"rule_eqhdusdvilrswdhv","rule_version":1,"by_territory":[{"territories":["*","FR"],"action":"track","reason":"policy","party":"Label","rule_id":"rule_eqhdusdvilrswdhv","rule_version":1,"licence_id":null,"owners":[{"party":"Label","share_ppm":700000}]},{"territories":["DE"],"action":"track","reason":"policy","party":"Label","rule_id":"rule_eqhdusdvilrswdhv","rule_version":1,"licence_id":null,"owners":[{"party":"Label","share_ppm":700000},{"party":"Other label","share_ppm":400000}]},{"territories":["US"],"action":"track","reason":"policy","party":"Writer","rule_id":null,"rule_version":0,"licence_id":null,"owners":[]}]}','');
CREATE TABLE claim_events (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         at BIGINT NOT NULL,
         kind TEXT NOT NULL,
         from_status TEXT NOT NULL,
         to_status TEXT NOT NULL,
         actor TEXT NOT NULL,
         note TEXT NOT NULL, role TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', rule_id TEXT NOT NULL DEFAULT '', rule_version BIGINT NOT NULL DEFAULT 0, evidence_id TEXT NOT NULL DEFAULT '', deadline_at BIGINT);
INSERT INTO claim_events VALUES(1,1,1700000000000,'created','','active','engine','','','','',0,'',NULL);
INSERT INTO claim_events VALUES(2,2,1700000000000,'created','','review','engine','','','','',0,'',NULL);
INSERT INTO claim_events VALUES(3,1,1700018000000,'status','active','disputed','Podcaster','it is mine','uploader','own_recording','rule_vf5t45sifzi3v3le',1,'evd_73pryrqdkck4er5u',1701227600000);
INSERT INTO claim_events VALUES(4,2,1700018000000,'status','review','released','Label','sorry','claimant','not_a_use','rule_vf5t45sifzi3v3le',1,'',NULL);
INSERT INTO claim_events VALUES(5,3,1700018000000,'created','candidate','review','engine','','engine','weak_match','rule_ylex5choywnyglrh',1,'evd_douq26prgmz7c2zs',1700622800000);
INSERT INTO claim_events VALUES(6,4,1700018000000,'created','candidate','review','engine','','engine','ownership_conflict','rule_eqhdusdvilrswdhv',1,'evd_dzjbcxb6zwwp4h3m',1700622800000);
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
         probability DOUBLE PRECISION NOT NULL, match_type TEXT NOT NULL DEFAULT 'recording', disposition TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', decision TEXT NOT NULL DEFAULT '');
INSERT INTO sightings VALUES(1,1,1,1,60000,80000,30000,50000,1.0,0.0,12.5,0.98999999999999999111,'recording','','','');
INSERT INTO sightings VALUES(2,1,1,2,200000,220000,30000,50000,1.0,0.0,12.5,0.69999999999999995559,'recording','','','');
INSERT INTO sightings VALUES(3,2,5,3,300000,320000,30000,50000,1.0,0.0,12.5,0.69999999999999995559,'recording','review','weak_match','{"disposition":"review","action":"monetize","in_effect":"none","reason":"weak_match","rule_id":"rule_ylex5choywnyglrh","rule_version":1,"by_territory":[{"territories":["*"],"action":"monetize","reason":"policy","party":"Studio","rule_id":"rule_ylex5choywnyglrh","rule_version":1,"licence_id":null,"owners":[{"party":"Studio","share_ppm":1000000}]}]}');
INSERT INTO sightings VALUES(4,2,1,4,400000,420000,30000,50000,1.0,0.0,12.5,0.98999999999999999111,'recording','review','ownership_conflict','{"disposition":"review","action":"track","in_effect":"none","reason":"ownership_conflict","rule_id":"rule_eqhdusdvilrswdhv","rule_version":1,"by_territory":[{"territories":["*","FR"],"action":"track","reason":"policy","party":"Label","rule_id":"rule_eqhdusdvilrswdhv","rule_version":1,"licence_id":null,"owners":[{"party":"Label","share_ppm":700000}]},{"territories":["DE"],"action":"track","reason":"policy","party":"Label","rule_id":"rule_eqhdusdvilrswdhv","rule_version":1,"licence_id":null,"owners":[{"party":"Label","share_ppm":700000},{"party":"Other label","share_ppm":400000}]},{"territories":["US"],"action":"track","reason":"policy","party":"Writer","rule_id":null,"rule_version":0,"licence_id":null,"owners":[]}]}');
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
CREATE TABLE party_identifiers (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         scheme TEXT NOT NULL,
         value TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         UNIQUE (scheme, value));
INSERT INTO party_identifiers VALUES(1,2,'ipi','00334284961',1700000000000);
CREATE TABLE works (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         iswc TEXT NOT NULL,
         title TEXT NOT NULL,
         created_at BIGINT NOT NULL);
INSERT INTO works VALUES(1,'wrk_totud55sawxklq7x','T0345246801','The Song',1700000000000);
CREATE TABLE recording_works (
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         work_key BIGINT NOT NULL REFERENCES works (key),
         created_at BIGINT NOT NULL,
         PRIMARY KEY (recording_key, work_key));
INSERT INTO recording_works VALUES(1,1,1700000000000);
CREATE TABLE releases (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         gtin TEXT NOT NULL,
         grid TEXT NOT NULL,
         title TEXT NOT NULL,
         created_at BIGINT NOT NULL);
INSERT INTO releases VALUES(1,'rel_juz5ppvmt4n4dvpc','04006381333931','','The Album',1700000000000);
CREATE TABLE release_recordings (
         release_key BIGINT NOT NULL REFERENCES releases (key),
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         position BIGINT NOT NULL,
         PRIMARY KEY (release_key, recording_key));
INSERT INTO release_recordings VALUES(1,1,1);
CREATE TABLE shares (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         recording_key BIGINT REFERENCES recordings (key),
         work_key BIGINT REFERENCES works (key),
         party_key BIGINT NOT NULL REFERENCES parties (key),
         territory TEXT NOT NULL,
         ppm BIGINT NOT NULL,
         valid_from BIGINT NOT NULL,
         valid_to BIGINT,
         set_at BIGINT NOT NULL,
         ended_at BIGINT);
INSERT INTO shares VALUES(1,1,NULL,1,'WW -US',700000,0,NULL,1700018000000,NULL);
INSERT INTO shares VALUES(2,1,NULL,4,'DE',400000,0,2015360000000,1700018000000,NULL);
INSERT INTO shares VALUES(3,NULL,1,2,'WW',1000000,0,NULL,1700018000000,NULL);
CREATE TABLE share_conflicts (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         recording_key BIGINT REFERENCES recordings (key),
         work_key BIGINT REFERENCES works (key),
         territory TEXT NOT NULL,
         total_ppm BIGINT NOT NULL,
         valid_from BIGINT NOT NULL,
         valid_to BIGINT,
         found_at BIGINT NOT NULL,
         resolved_at BIGINT);
INSERT INTO share_conflicts VALUES(1,1,NULL,'DE',1100000,0,2015360000000,1700018000000,NULL);
CREATE TABLE rights_documents (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         kind TEXT NOT NULL,
         recording_key BIGINT REFERENCES recordings (key),
         work_key BIGINT REFERENCES works (key),
         party_key BIGINT REFERENCES parties (key),
         territories TEXT NOT NULL,
         reason TEXT NOT NULL,
         uri TEXT NOT NULL,
         sha256 TEXT NOT NULL,
         valid_from BIGINT NOT NULL,
         valid_to BIGINT,
         created_at BIGINT NOT NULL,
         withdrawn_at BIGINT);
INSERT INTO rights_documents VALUES(1,'doc_4fpy3auepechlsp5','licence_chain',1,NULL,1,'WW','assignment of 2019','','',0,NULL,1700000000000,NULL);
CREATE TABLE exclusions (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         scope TEXT NOT NULL,
         reason TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         ended_at BIGINT);
INSERT INTO exclusions VALUES(1,1,0,5000,'claiming','sample',1700000000000,NULL);
CREATE TABLE licences (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         licensee TEXT NOT NULL,
         recording_key BIGINT REFERENCES recordings (key),
         feed_url TEXT NOT NULL,
         territories TEXT NOT NULL,
         uses TEXT NOT NULL,
         kind TEXT NOT NULL,
         reference TEXT NOT NULL,
         valid_from BIGINT NOT NULL,
         valid_to BIGINT,
         created_at BIGINT NOT NULL,
         ended_at BIGINT);
INSERT INTO licences VALUES(1,'lic_pmcneqtdonfqbqb5',3,'',NULL,'https://example.org/own.xml','WW','','allow','',0,NULL,1700000000000,NULL);
CREATE TABLE policy_rules (
         policy_key BIGINT NOT NULL REFERENCES policies (key),
         position BIGINT NOT NULL,
         action TEXT NOT NULL,
         territories TEXT NOT NULL,
         match_type TEXT NOT NULL,
         min_length_ms BIGINT NOT NULL,
         min_share_ppm BIGINT NOT NULL,
         PRIMARY KEY (policy_key, position));
INSERT INTO policy_rules VALUES(3,1,'monetize','WW','',30000,0);
INSERT INTO policy_rules VALUES(3,2,'block','FR','',0,900000);
CREATE TABLE party_policies (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         party_key BIGINT NOT NULL REFERENCES parties (key),
         recording_key BIGINT REFERENCES recordings (key),
         rule_id TEXT NOT NULL,
         set_at BIGINT NOT NULL,
         ended_at BIGINT);
INSERT INTO party_policies VALUES(1,1,NULL,'rule_eqhdusdvilrswdhv',1700018000000,NULL);
CREATE TABLE rights_events (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         at BIGINT NOT NULL,
         actor TEXT NOT NULL,
         subject TEXT NOT NULL,
         kind TEXT NOT NULL,
         detail TEXT NOT NULL);
INSERT INTO rights_events VALUES(1,1700000000000,'test','wrk_totud55sawxklq7x','work_added','{"iswc":"T0345246801","title":"The Song"}');
INSERT INTO rights_events VALUES(2,1700000000000,'test','rec_binffmxphthzwyrx','work_linked','{"work":"wrk_totud55sawxklq7x"}');
INSERT INTO rights_events VALUES(3,1700000000000,'test','rel_juz5ppvmt4n4dvpc','release_added','{"gtin":"04006381333931","grid":"","title":"The Album"}');
INSERT INTO rights_events VALUES(4,1700000000000,'test','rel_juz5ppvmt4n4dvpc','recording_on_release','{"recording":"rec_binffmxphthzwyrx","position":1}');
INSERT INTO rights_events VALUES(5,1700000000000,'test','Writer','identified','{"scheme":"ipi","value":"00334284961"}');
INSERT INTO rights_events VALUES(6,1700000000000,'test','lic_pmcneqtdonfqbqb5','licence_given','{"licence":"lic_pmcneqtdonfqbqb5","kind":"allow","party":"Studio","licensee":"","recording":"","feed":"https://example.org/own.xml","territories":"WW","uses":"","reference":"","valid_from":"1970-01-01T00:00:00.000Z","valid_to":""}');
INSERT INTO rights_events VALUES(7,1700000000000,'test','rule_eqhdusdvilrswdhv','policy_put','{"party":"Label","name":"careful","version":1,"template":"monetize-from-30s","rules":["monetize min_length=30000ms","block territory=FR min_share=900000"],"otherwise":"track"}');
INSERT INTO rights_events VALUES(8,1700000000000,'test','rec_binffmxphthzwyrx','document_attached','{"document":"doc_4fpy3auepechlsp5","kind":"licence_chain","party":"Label","territories":"WW","reason":"assignment of 2019","uri":"","sha256":"","valid_from":"1970-01-01T00:00:00.000Z","valid_to":""}');
INSERT INTO rights_events VALUES(9,1700000000000,'test','rec_binffmxphthzwyrx','excluded','{"exclusion":1,"start_ms":0,"end_ms":5000,"scope":"claiming","reason":"sample"}');
INSERT INTO rights_events VALUES(10,1700018000000,'test','rec_binffmxphthzwyrx','shares_set','{"shares":[{"party":"Label","share_ppm":700000,"territories":"WW -US","valid_from":"1970-01-01T00:00:00.000Z","valid_to":null},{"party":"Other label","share_ppm":400000,"territories":"DE","valid_from":"1970-01-01T00:00:00.000Z","valid_to":"2033-11-11T22:13:20.000Z"}],"conflicts":[{"territory":"DE","total_ppm":1100000}]}');
INSERT INTO rights_events VALUES(11,1700018000000,'test','wrk_totud55sawxklq7x','shares_set','{"shares":[{"party":"Writer","share_ppm":1000000,"territories":"WW","valid_from":"1970-01-01T00:00:00.000Z","valid_to":null}],"conflicts":[]}');
INSERT INTO rights_events VALUES(12,1700018000000,'test','Label','policy_used','{"party":"Label","rule_id":"rule_eqhdusdvilrswdhv","name":"careful"}');
CREATE TABLE registration_findings (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         at BIGINT NOT NULL,
         code TEXT NOT NULL,
         severity TEXT NOT NULL,
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         other_key BIGINT REFERENCES recordings (key),
         other_start_ms BIGINT NOT NULL,
         other_end_ms BIGINT NOT NULL,
         detail TEXT NOT NULL,
         decided_at BIGINT,
         decided_by TEXT NOT NULL,
         decision TEXT NOT NULL);
CREATE TABLE claim_deadlines (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         status TEXT NOT NULL,
         set_at BIGINT NOT NULL,
         due_at BIGINT NOT NULL,
         settled_at BIGINT,
         outcome TEXT NOT NULL);
INSERT INTO claim_deadlines VALUES(1,1,'active',1700000000000,1702592000000,1700018000000,'left');
INSERT INTO claim_deadlines VALUES(2,2,'review',1700000000000,1702592000000,1700018000000,'left');
INSERT INTO claim_deadlines VALUES(3,1,'disputed',1700018000000,1701227600000,NULL,'');
INSERT INTO claim_deadlines VALUES(4,3,'review',1700018000000,1700622800000,NULL,'');
INSERT INTO claim_deadlines VALUES(5,4,'review',1700018000000,1700622800000,NULL,'');
CREATE TABLE claim_periods (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         status TEXT NOT NULL,
         amount BIGINT NOT NULL,
         unit TEXT NOT NULL,
         calendar TEXT NOT NULL,
         set_at BIGINT NOT NULL);
INSERT INTO claim_periods VALUES(1,'review',5,'bd','us',1700018000000);
CREATE TABLE claim_evidence (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         role TEXT NOT NULL,
         actor TEXT NOT NULL,
         body TEXT NOT NULL,
         created_at BIGINT NOT NULL);
INSERT INTO claim_evidence VALUES(1,'evd_73pryrqdkck4er5u',1,'uploader','Podcaster','invoice 7',1700018000000);
INSERT INTO claim_evidence VALUES(2,'evd_douq26prgmz7c2zs',3,'engine','engine','{"score":12.5,"probability":0.7,"speed":1.0,"pitch_cents":0.0,"ambiguous_with":[],"engine":"earmark test","episode_duration_ms":3600000,"recording":{"title":"Title of bell","owner":"Studio","sha256":"2b5e11eca58b55d91774f1b3e09d41c2068373d4d0f9a9632c88daabb9879b67"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"","sha256":"ab","bytes":0,"content_type":"","etag":"","fetched_at":"2023-11-15T03:13:20.000Z","transfer":null}}',1700018000000);
INSERT INTO claim_evidence VALUES(3,'evd_dzjbcxb6zwwp4h3m',4,'engine','engine','{"score":12.5,"probability":0.99,"speed":1.0,"pitch_cents":0.0,"ambiguous_with":[],"engine":"earmark test","episode_duration_ms":3600000,"recording":{"title":"Title of song","owner":"Label","sha256":"af9dfbeb3ec36d055f7b0f0a176ba482facbd1e3b3082fe23a2e09b4408185aa"},"fetch":{"url":"https://cdn.example.org/1.mp3","final_url":"","sha256":"ab","bytes":0,"content_type":"","etag":"","fetched_at":"2023-11-15T03:13:20.000Z","transfer":null}}',1700018000000);
CREATE TABLE cleared_uses (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         claim_key BIGINT NOT NULL REFERENCES claims (key),
         cleared_at BIGINT NOT NULL,
         reason TEXT NOT NULL,
         lifted_at BIGINT);
INSERT INTO cleared_uses VALUES(1,2,1700018000000,'not_a_use',NULL);
CREATE TABLE crawl_feeds (
         feed_key BIGINT NOT NULL PRIMARY KEY REFERENCES feeds (key),
         state TEXT NOT NULL,
         reason TEXT NOT NULL,
         fetch_url TEXT NOT NULL,
         moved_to TEXT NOT NULL,
         moved_seen BIGINT NOT NULL,
         podcast_guid TEXT NOT NULL,
         interval_ms BIGINT NOT NULL,
         checks BIGINT NOT NULL,
         not_modified BIGINT NOT NULL,
         changes BIGINT NOT NULL,
         errors BIGINT NOT NULL,
         checked_at BIGINT,
         changed_at BIGINT,
         details TEXT NOT NULL);
INSERT INTO crawl_feeds VALUES(1,'paused','by the operator','https://example.org/moved.xml','',0,'917393e3',3600000,3,1,1,0,1700000000000,1700000000000,'{"language":"de"}');
CREATE TABLE crawl_hosts (
         host TEXT NOT NULL PRIMARY KEY,
         ready_at BIGINT NOT NULL,
         not_before BIGINT NOT NULL,
         held_reason TEXT NOT NULL,
         robots_fetched_at BIGINT,
         robots_status BIGINT NOT NULL,
         robots TEXT NOT NULL);
INSERT INTO crawl_hosts VALUES('https://example.org',253402300799000,0,'',1700000000000,200,replace('user-agent: *\ncrawl-delay: 2\n','\n',char(10)));
INSERT INTO crawl_hosts VALUES('https://cdn.example.org',253402300799000,0,'',NULL,0,'');
CREATE TABLE crawl_tasks (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         kind TEXT NOT NULL,
         target_key BIGINT NOT NULL,
         feed_key BIGINT NOT NULL REFERENCES feeds (key),
         host TEXT NOT NULL,
         lane BIGINT NOT NULL,
         due_at BIGINT NOT NULL,
         worker TEXT NOT NULL,
         token TEXT NOT NULL,
         attempts BIGINT NOT NULL,
         created_at BIGINT NOT NULL,
         UNIQUE (kind, target_key));
INSERT INTO crawl_tasks VALUES(1,'feed',1,1,'https://example.org',0,253402300799000,'','',3,1700000000000);
INSERT INTO crawl_tasks VALUES(2,'scan',2,1,'https://cdn.example.org',2,253402300799000,'','',1,1700000000000);
CREATE TABLE crawl_events (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         at BIGINT NOT NULL,
         kind TEXT NOT NULL,
         feed TEXT NOT NULL,
         url TEXT NOT NULL,
         detail TEXT NOT NULL);
INSERT INTO crawl_events VALUES(1,1700000000000,'moved','https://example.org/feed.xml','https://example.org/moved.xml','permanent redirect, seen 2 times');
CREATE TABLE episode_details (
         episode_key BIGINT NOT NULL PRIMARY KEY REFERENCES episodes (key),
         details TEXT NOT NULL);
INSERT INTO episode_details VALUES(1,'{"season":"2"}');
CREATE TABLE episode_fingerprints (
         version_key BIGINT NOT NULL PRIMARY KEY REFERENCES episode_versions (key),
         scan_key BIGINT NOT NULL REFERENCES scans (key),
         matched_revision BIGINT NOT NULL,
         duration_ms BIGINT NOT NULL,
         scanned_at BIGINT NOT NULL,
         emfp BLOB NOT NULL);
INSERT INTO episode_fingerprints VALUES(1,2,2,3600000,1700000000000,X'454d4650');
CREATE TABLE episode_copies (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         of_version_key BIGINT NOT NULL REFERENCES episode_versions (key),
         kind TEXT NOT NULL,
         share DOUBLE PRECISION NOT NULL,
         found_at BIGINT NOT NULL,
         UNIQUE (version_key, of_version_key));
CREATE TABLE ledger_accounts (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         name TEXT NOT NULL,
         currency TEXT NOT NULL,
         balance_micros BIGINT NOT NULL,
         UNIQUE (name, currency));
INSERT INTO ledger_accounts VALUES(1,'external:ads','USD',-60000000);
INSERT INTO ledger_accounts VALUES(2,'platform:unattributed','USD',0);
INSERT INTO ledger_accounts VALUES(3,'platform:fee.platform','USD',9000000);
INSERT INTO ledger_accounts VALUES(4,'escrow:clm_jotfoxgexvjw5f4x','USD',283333);
INSERT INTO ledger_accounts VALUES(5,'show:https://example.org/feed.xml','USD',0);
INSERT INTO ledger_accounts VALUES(6,'platform:exchange','USD',50716667);
INSERT INTO ledger_accounts VALUES(7,'platform:exchange','EUR',-46777963);
INSERT INTO ledger_accounts VALUES(8,'external:payout.bank','EUR',46777963);
CREATE TABLE ledger_transactions (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         kind TEXT NOT NULL,
         at BIGINT NOT NULL,
         recorded_at BIGINT NOT NULL,
         source TEXT NOT NULL,
         memo TEXT NOT NULL,
         reverses TEXT NOT NULL,
         content_sha256 TEXT NOT NULL,
         chain TEXT NOT NULL);
INSERT INTO ledger_transactions VALUES(1,'txn_wfi267czdx2xicfkygfua4xujt','revenue',1698796799999,1700100000000,'rev_otc4sgngr5x4t65z','','','e8e552da62d86352a3f24dc91f5486a28434d510f5d76cf5b3acc2974b8eb011','d5036e4c6a3c9cd1e87c191af4b493a5f85bf47cd2ebdaa6cae7856a313618d5');
INSERT INTO ledger_transactions VALUES(2,'txn_wrflloju546xq3q3ozf6ne6fyy','attribution',1698796799999,1700100000000,'rev_otc4sgngr5x4t65z','first split','','cd862eb2913216d1edca4372f33d1b76f65a739d30925528b3b751def23013a1','314d4bf10ddbe376c735ddce7a112bbf0ef32fa4debb4902b09456b3c9273aa9');
INSERT INTO ledger_transactions VALUES(3,'txn_dwdta7g5ehljqk4ijwthafetxw','refund',1698796799999,1700100000000,'rev_otc4sgngr5x4t65z','credit note 1','','23601d08b8627a9010c0890e434d79c3b5f61424afd847ae94b0b823c2933582','06ff7c55650d3678cd921d24b59d259a5eee4b9befdb79642af9a2c8132fcad8');
INSERT INTO ledger_transactions VALUES(4,'txn_cv2kny5maxss6zuwo3q33rid34','reversal',1698796799999,1700100000000,'rev_otc4sgngr5x4t65z','refund','txn_wrflloju546xq3q3ozf6ne6fyy','09420deff3059bf13b9fae3dc3c7a6e1e1ed3452ab5a823dfbe3688b484d6aba','034a92736860c8ff289158259aa692630afbc3af94dab9e6e1317f0ff334918b');
INSERT INTO ledger_transactions VALUES(5,'txn_p7y7pr54bvfhzci77v7ke462zv','attribution',1698796799999,1700100000000,'rev_otc4sgngr5x4t65z','refund','','b6d4f0e37d413f6e8f2e04dd9d928ec8cd9f143717b657c9be9e50b3036250e6','c124d9270ef30500d2727d5fc918b9f072935e4674977da359eb58bd8a323038');
INSERT INTO ledger_transactions VALUES(6,'txn_ge7gxei7f7zulg7vqary6vyav4','payout',1700100000000,1700100000000,'show:https://example.org/feed.xml','','','fb8d448de7229c0f5452c9c9a9152b6975db477ffaa6ac53d8f77fcf5c4a9627','0384fc8a6ef20ecd689950ebb68c7129cc257f498322ea9ba7ff2632650d954f');
CREATE TABLE ledger_lines (
         transaction_sequence BIGINT NOT NULL REFERENCES ledger_transactions (sequence),
         position BIGINT NOT NULL,
         account_key BIGINT NOT NULL REFERENCES ledger_accounts (key),
         micros BIGINT NOT NULL,
         detail TEXT NOT NULL,
         PRIMARY KEY (transaction_sequence, position));
INSERT INTO ledger_lines VALUES(1,1,1,-100000000,'{"why":"revenue","revenue_id":"rev_otc4sgngr5x4t65z"}');
INSERT INTO ledger_lines VALUES(1,2,2,100000000,'{"why":"revenue","revenue_id":"rev_otc4sgngr5x4t65z"}');
INSERT INTO ledger_lines VALUES(2,1,2,-100000000,'{"why":"attributed","revenue_id":"rev_otc4sgngr5x4t65z"}');
INSERT INTO ledger_lines VALUES(2,2,3,15000000,'{"why":"fee","rate_ppm":150000}');
INSERT INTO ledger_lines VALUES(2,3,4,377778,'{"why":"use","claim_id":"clm_jotfoxgexvjw5f4x","recording_id":"rec_binffmxphthzwyrx","territory":"DE","subject":"rec_binffmxphthzwyrx","party":null,"share_ppm":0,"heard_ms":140000,"use_micros":472222,"there_micros":472222,"side_micros":377778}');
INSERT INTO ledger_lines VALUES(2,4,4,94444,'{"why":"use","claim_id":"clm_jotfoxgexvjw5f4x","recording_id":"rec_binffmxphthzwyrx","territory":"DE","subject":"wrk_totud55sawxklq7x","party":"Writer","share_ppm":1000000,"heard_ms":140000,"use_micros":472222,"there_micros":472222,"side_micros":94444}');
INSERT INTO ledger_lines VALUES(2,5,5,84527778,'{"why":"show"}');
INSERT INTO ledger_lines VALUES(3,1,1,40000000,'{"why":"refund","revenue_id":"rev_otc4sgngr5x4t65z"}');
INSERT INTO ledger_lines VALUES(3,2,2,-40000000,'{"why":"refund","revenue_id":"rev_otc4sgngr5x4t65z"}');
INSERT INTO ledger_lines VALUES(4,1,2,100000000,'{"why":"reversal","of":"txn_wrflloju546xq3q3ozf6ne6fyy/1"}');
INSERT INTO ledger_lines VALUES(4,2,3,-15000000,'{"why":"reversal","of":"txn_wrflloju546xq3q3ozf6ne6fyy/2"}');
INSERT INTO ledger_lines VALUES(4,3,4,-377778,'{"why":"reversal","of":"txn_wrflloju546xq3q3ozf6ne6fyy/3"}');
INSERT INTO ledger_lines VALUES(4,4,4,-94444,'{"why":"reversal","of":"txn_wrflloju546xq3q3ozf6ne6fyy/4"}');
INSERT INTO ledger_lines VALUES(4,5,5,-84527778,'{"why":"reversal","of":"txn_wrflloju546xq3q3ozf6ne6fyy/5"}');
INSERT INTO ledger_lines VALUES(5,1,2,-60000000,'{"why":"attributed","revenue_id":"rev_otc4sgngr5x4t65z"}');
INSERT INTO ledger_lines VALUES(5,2,3,9000000,'{"why":"fee","rate_ppm":150000}');
INSERT INTO ledger_lines VALUES(5,3,4,226666,'{"why":"use","claim_id":"clm_jotfoxgexvjw5f4x","recording_id":"rec_binffmxphthzwyrx","territory":"DE","subject":"rec_binffmxphthzwyrx","party":null,"share_ppm":0,"heard_ms":140000,"use_micros":283333,"there_micros":283333,"side_micros":226666}');
INSERT INTO ledger_lines VALUES(5,4,4,56667,'{"why":"use","claim_id":"clm_jotfoxgexvjw5f4x","recording_id":"rec_binffmxphthzwyrx","territory":"DE","subject":"wrk_totud55sawxklq7x","party":"Writer","share_ppm":1000000,"heard_ms":140000,"use_micros":283333,"there_micros":283333,"side_micros":56667}');
INSERT INTO ledger_lines VALUES(5,5,5,50716667,'{"why":"show"}');
INSERT INTO ledger_lines VALUES(6,1,5,-50716667,'{"why":"payout","method":"bank","rate":{"base":"USD","quote":"EUR","numerator":10000,"denominator":10842,"day":"2023-11-14","source":"ECB","rounding":"half_even"}}');
INSERT INTO ledger_lines VALUES(6,2,6,50716667,'{"why":"payout","method":"bank","rate":{"base":"USD","quote":"EUR","numerator":10000,"denominator":10842,"day":"2023-11-14","source":"ECB","rounding":"half_even"}}');
INSERT INTO ledger_lines VALUES(6,3,7,-46777963,'{"why":"payout","method":"bank","rate":{"base":"USD","quote":"EUR","numerator":10000,"denominator":10842,"day":"2023-11-14","source":"ECB","rounding":"half_even"}}');
INSERT INTO ledger_lines VALUES(6,4,8,46777963,'{"why":"payout","method":"bank","rate":{"base":"USD","quote":"EUR","numerator":10000,"denominator":10842,"day":"2023-11-14","source":"ECB","rounding":"half_even"}}');
CREATE TABLE ledger_periods (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         ends_at BIGINT NOT NULL UNIQUE,
         closed_at BIGINT NOT NULL,
         closed_by TEXT NOT NULL,
         last_transaction BIGINT NOT NULL,
         chain TEXT NOT NULL);
INSERT INTO ledger_periods VALUES(1,1698796800000,1700100000000,'Ann',5,'c124d9270ef30500d2727d5fc918b9f072935e4674977da359eb58bd8a323038');
CREATE TABLE revenues (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         refunds TEXT NOT NULL,
         feed TEXT NOT NULL,
         guid TEXT NOT NULL,
         source TEXT NOT NULL,
         currency TEXT NOT NULL,
         micros BIGINT NOT NULL,
         starts_at BIGINT NOT NULL,
         ends_at BIGINT NOT NULL,
         reference TEXT NOT NULL,
         paid_from TEXT NOT NULL,
         recorded_at BIGINT NOT NULL);
INSERT INTO revenues VALUES(1,'rev_otc4sgngr5x4t65z','','https://example.org/feed.xml','guid-1','ads','USD',100000000,1696118400000,1698796800000,'','',1700100000000);
INSERT INTO revenues VALUES(2,'rfd_na3qnp5h4ug3qqtd','rev_otc4sgngr5x4t65z','https://example.org/feed.xml','guid-1','ads','USD',-40000000,1696118400000,1698796800000,'credit note 1','',1700100000000);
CREATE TABLE attributions (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         revenue_id TEXT NOT NULL,
         transaction_id TEXT NOT NULL,
         facts TEXT NOT NULL,
         facts_sha256 TEXT NOT NULL,
         reason TEXT NOT NULL,
         made_at BIGINT NOT NULL);
INSERT INTO attributions VALUES(1,'rev_otc4sgngr5x4t65z','txn_wrflloju546xq3q3ozf6ne6fyy','{"revenue_id":"rev_otc4sgngr5x4t65z","feed":"https://example.org/feed.xml","guid":"guid-1","amount_micros":100000000,"currency":"USD","from":"2023-10-01T00:00:00.000Z","until":"2023-11-01T00:00:00.000Z","tariff":{"name":"house","version":1,"settings":["fee.platform=15%","floor=50%","cap=100%","work=20%","min_length=0s","overlap=shapley"]},"duration_ms":3600000,"listens_up_to":1,"territories":["DE","FR","US","*"],"uses":[{"claim_id":"clm_4sgrsamcitne5abb","recording_id":"rec_binffmxphthzwyrx","start_ms":200000,"end_ms":220000,"match":"recording","kind":"excerpt","standing":"none","rule_id":"rule_vf5t45sifzi3v3le","rule_version":1,"there":[{"territory":"DE","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000},{"party":"Other label","ppm":400000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"FR","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"US","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"*","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]}]},{"claim_id":"clm_jotfoxgexvjw5f4x","recording_id":"rec_binffmxphthzwyrx","start_ms":60000,"end_ms":80000,"match":"recording","kind":"excerpt","standing":"contested","rule_id":"rule_vf5t45sifzi3v3le","rule_version":1,"there":[{"territory":"DE","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000},{"party":"Other label","ppm":400000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"FR","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"US","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"*","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]}]},{"claim_id":"clm_upudxqdwmx64dbfg","recording_id":"rec_aug4buqrsz2g4arr","start_ms":300000,"end_ms":320000,"match":"recording","kind":"excerpt","standing":"none","rule_id":"rule_ylex5choywnyglrh","rule_version":1,"there":[{"territory":"DE","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]},{"territory":"FR","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]},{"territory":"US","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]},{"territory":"*","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]}]}]}','1f13c832e752eda4cd6f0aefa8c78db16352d11566a1053a33d4c01623f49400','first split',1700100000000);
INSERT INTO attributions VALUES(2,'rev_otc4sgngr5x4t65z','txn_p7y7pr54bvfhzci77v7ke462zv','{"revenue_id":"rev_otc4sgngr5x4t65z","feed":"https://example.org/feed.xml","guid":"guid-1","amount_micros":60000000,"currency":"USD","from":"2023-10-01T00:00:00.000Z","until":"2023-11-01T00:00:00.000Z","tariff":{"name":"house","version":1,"settings":["fee.platform=15%","floor=50%","cap=100%","work=20%","min_length=0s","overlap=shapley"]},"duration_ms":3600000,"listens_up_to":1,"territories":["DE","FR","US","*"],"uses":[{"claim_id":"clm_4sgrsamcitne5abb","recording_id":"rec_binffmxphthzwyrx","start_ms":200000,"end_ms":220000,"match":"recording","kind":"excerpt","standing":"none","rule_id":"rule_vf5t45sifzi3v3le","rule_version":1,"there":[{"territory":"DE","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000},{"party":"Other label","ppm":400000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"FR","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"US","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"*","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]}]},{"claim_id":"clm_jotfoxgexvjw5f4x","recording_id":"rec_binffmxphthzwyrx","start_ms":60000,"end_ms":80000,"match":"recording","kind":"excerpt","standing":"contested","rule_id":"rule_vf5t45sifzi3v3le","rule_version":1,"there":[{"territory":"DE","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000},{"party":"Other label","ppm":400000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"FR","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"US","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]},{"territory":"*","sides":[{"subject":"rec_binffmxphthzwyrx","work":false,"holders":[{"party":"Label","ppm":700000}]},{"subject":"wrk_totud55sawxklq7x","work":true,"holders":[{"party":"Writer","ppm":1000000}]}]}]},{"claim_id":"clm_upudxqdwmx64dbfg","recording_id":"rec_aug4buqrsz2g4arr","start_ms":300000,"end_ms":320000,"match":"recording","kind":"excerpt","standing":"none","rule_id":"rule_ylex5choywnyglrh","rule_version":1,"there":[{"territory":"DE","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]},{"territory":"FR","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]},{"territory":"US","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]},{"territory":"*","sides":[{"subject":"rec_aug4buqrsz2g4arr","work":false,"holders":[{"party":"Studio","ppm":1000000}]}]}]}]}','b56af3069b8f7348dacfbe0586db77c6bce21593922bd8a5a688fd074ffecec4','refund',1700100000000);
CREATE TABLE listen_batches (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         sha256 TEXT NOT NULL,
         listens BIGINT NOT NULL,
         recorded_at BIGINT NOT NULL);
INSERT INTO listen_batches VALUES(1,'october','2dfa85435d08e820f2b76922e005516e305b224767f9db7060d0304b8677a895',7,1700100000000);
CREATE TABLE listens (
         batch_key BIGINT NOT NULL REFERENCES listen_batches (key),
         feed TEXT NOT NULL,
         guid TEXT NOT NULL,
         day BIGINT NOT NULL,
         spells BLOB NOT NULL,
         PRIMARY KEY (feed, guid, day, batch_key));
INSERT INTO listens VALUES(1,'https://example.org/feed.xml','guid-1',19635,X'44450080dddb0107');
CREATE TABLE tariffs (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         name TEXT NOT NULL,
         version BIGINT NOT NULL,
         settings TEXT NOT NULL,
         starts_at BIGINT NOT NULL,
         created_by TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         UNIQUE (name, version));
INSERT INTO tariffs VALUES(1,'house',1,'["fee.platform=15%","floor=50%","cap=100%","work=20%","min_length=0s","overlap=shapley"]',0,'Ann',1700100000000);
CREATE TABLE tariff_uses (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         feed TEXT NOT NULL,
         name TEXT NOT NULL,
         starts_at BIGINT NOT NULL,
         created_by TEXT NOT NULL,
         created_at BIGINT NOT NULL);
INSERT INTO tariff_uses VALUES(1,'','house',0,'Ann',1700100000000);
CREATE TABLE exchange_rates (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         base TEXT NOT NULL,
         quote TEXT NOT NULL,
         day BIGINT NOT NULL,
         rate_numerator BIGINT NOT NULL,
         rate_denominator BIGINT NOT NULL,
         source TEXT NOT NULL,
         recorded_at BIGINT NOT NULL);
INSERT INTO exchange_rates VALUES(1,'EUR','USD',19675,10842,10000,'ECB',1700100000000);
CREATE TABLE payment_terms (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         account TEXT NOT NULL,
         currency TEXT NOT NULL,
         threshold_micros BIGINT NOT NULL,
         hold_days BIGINT NOT NULL,
         held_reason TEXT NOT NULL,
         set_by TEXT NOT NULL,
         set_at BIGINT NOT NULL);
INSERT INTO payment_terms VALUES(1,'','EUR',10000000,0,'','Ann',1700100000000);
CREATE TABLE processor_objects (
         id TEXT NOT NULL PRIMARY KEY,
         kind TEXT NOT NULL,
         body TEXT NOT NULL,
         changed_at BIGINT NOT NULL);
CREATE TABLE processor_requests (
         idempotency_key TEXT NOT NULL PRIMARY KEY,
         request_sha256 TEXT NOT NULL,
         response TEXT NOT NULL,
         created_at BIGINT NOT NULL);
CREATE TABLE processor_events (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         body TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         acknowledged_at BIGINT);
CREATE TABLE received_events (
         id TEXT NOT NULL PRIMARY KEY,
         type TEXT NOT NULL,
         received_at BIGINT NOT NULL);
CREATE TABLE membership_tiers (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         feed TEXT NOT NULL,
         name TEXT NOT NULL,
         price_id TEXT NOT NULL,
         currency TEXT NOT NULL,
         micros BIGINT NOT NULL,
         days BIGINT NOT NULL,
         trial_days BIGINT NOT NULL,
         benefits TEXT NOT NULL,
         created_at BIGINT NOT NULL,
         UNIQUE (feed, name));
CREATE TABLE members (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         id TEXT NOT NULL UNIQUE,
         feed TEXT NOT NULL,
         tier TEXT NOT NULL,
         reference TEXT NOT NULL,
         customer_id TEXT NOT NULL,
         subscription_id TEXT NOT NULL,
         status TEXT NOT NULL,
         status_at BIGINT NOT NULL,
         paid_until BIGINT NOT NULL,
         gift_from TEXT NOT NULL,
         created_at BIGINT NOT NULL);
CREATE TABLE member_tokens (
         token_sha256 TEXT NOT NULL PRIMARY KEY,
         member_key BIGINT NOT NULL REFERENCES members (key),
         created_at BIGINT NOT NULL,
         ended_at BIGINT,
         end_reason TEXT NOT NULL);
CREATE TABLE member_devices (
         token_sha256 TEXT NOT NULL REFERENCES member_tokens (token_sha256),
         device TEXT NOT NULL,
         seen_at BIGINT NOT NULL,
         PRIMARY KEY (token_sha256, device));
CREATE TABLE audience_assets (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         path TEXT NOT NULL UNIQUE,
         show TEXT NOT NULL,
         title TEXT NOT NULL,
         episode_key BIGINT REFERENCES episodes (key),
         published_at BIGINT,
         bytes BIGINT NOT NULL,
         content_from BIGINT NOT NULL,
         duration_ms BIGINT NOT NULL,
         seconds BLOB NOT NULL,
         known_by TEXT NOT NULL);
INSERT INTO audience_assets VALUES(1,'/1.mp3','The Show','One',1,NULL,0,0,3600000,X'','scan');
INSERT INTO audience_assets VALUES(2,'/2.mp3','The Show','Two',2,NULL,0,0,0,X'','');
INSERT INTO audience_assets VALUES(3,'/show/a.mp3','show','a.mp3',NULL,NULL,5000,0,0,X'','log');
INSERT INTO audience_assets VALUES(4,'/show/b.mp3','show','b.mp3',NULL,NULL,0,0,0,X'','');
CREATE TABLE audience_imports (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         name TEXT NOT NULL,
         format TEXT NOT NULL,
         head_bytes BIGINT NOT NULL,
         head_sha256 TEXT NOT NULL,
         tail_sha256 TEXT NOT NULL,
         read_bytes BIGINT NOT NULL,
         lines BIGINT NOT NULL,
         kept BIGINT NOT NULL,
         imported_at BIGINT NOT NULL);
INSERT INTO audience_imports VALUES(1,'a.log','combined',438,'ea790bcc7f712ebe9c033180d10ebf96ea00f5fd1f76336803e976b3ca3e3551','ea790bcc7f712ebe9c033180d10ebf96ea00f5fd1f76336803e976b3ca3e3551',438,4,3,1795572075918);
INSERT INTO audience_imports VALUES(2,'b.log','combined',102,'0ccc8b37e3256fa9c76616cf66aef0c5b146d437c6b0e0c74008a3df7e0d3adf','0ccc8b37e3256fa9c76616cf66aef0c5b146d437c6b0e0c74008a3df7e0d3adf',102,1,1,1795572075983);
CREATE TABLE audience_batches (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         import_key BIGINT NOT NULL REFERENCES audience_imports (key),
         epoch TEXT NOT NULL,
         requests BIGINT NOT NULL,
         sealed BLOB NOT NULL);
INSERT INTO audience_batches VALUES(2,2,'2025-12',1,X'2e82c4b6e094d325b01c498bd198612dd432107b93a6f3c799079d6a3c5756f1c769a9a615571c732646e3c2f06cb9ef7b2c7d1d3c9d93848a2bb715f8d79690919b62a5d8d2255a3b017cc71fc0f5');
CREATE TABLE audience_epochs (
         epoch TEXT NOT NULL PRIMARY KEY,
         state TEXT NOT NULL,
         rules TEXT NOT NULL,
         lists TEXT NOT NULL);
INSERT INTO audience_epochs VALUES('2025-11','erased','earmark-1 (IAB 2.x style, not certified)','OPAWG user-agents-v2 c98ad62ae8c8');
INSERT INTO audience_epochs VALUES('2025-12','counted','earmark-1 (IAB 2.x style, not certified)','OPAWG user-agents-v2 c98ad62ae8c8');
CREATE TABLE audience_days (
         epoch TEXT NOT NULL,
         reckoned_by TEXT NOT NULL,
         day BIGINT NOT NULL,
         asset_key BIGINT NOT NULL REFERENCES audience_assets (key),
         downloads BIGINT NOT NULL,
         listeners BIGINT NOT NULL,
         bytes BIGINT NOT NULL,
         sketch BLOB NOT NULL,
         PRIMARY KEY (reckoned_by, day, asset_key));
INSERT INTO audience_days VALUES('2025-11','calendar',20416,3,1,1,5000,X'9f1001');
INSERT INTO audience_days VALUES('2025-11','first-touch',20416,3,1,1,5000,X'9f1001');
INSERT INTO audience_days VALUES('2025-11','last-touch',20416,3,1,1,5000,X'9f1001');
INSERT INTO audience_days VALUES('2025-12','calendar',20446,4,1,1,5000,X'ee0702');
INSERT INTO audience_days VALUES('2025-12','first-touch',20446,4,1,1,5000,X'ee0702');
INSERT INTO audience_days VALUES('2025-12','last-touch',20446,4,1,1,5000,X'ee0702');
CREATE TABLE audience_programs (
         epoch TEXT NOT NULL,
         reckoned_by TEXT NOT NULL,
         day BIGINT NOT NULL,
         asset_key BIGINT NOT NULL REFERENCES audience_assets (key),
         kind TEXT NOT NULL,
         name TEXT NOT NULL,
         device TEXT NOT NULL,
         downloads BIGINT NOT NULL,
         listeners BIGINT NOT NULL,
         PRIMARY KEY (reckoned_by, day, asset_key, kind, name, device));
INSERT INTO audience_programs VALUES('2025-11','calendar',20416,3,'app','AntennaPod','mobile',1,1);
INSERT INTO audience_programs VALUES('2025-11','first-touch',20416,3,'app','AntennaPod','mobile',1,1);
INSERT INTO audience_programs VALUES('2025-11','last-touch',20416,3,'app','AntennaPod','mobile',1,1);
INSERT INTO audience_programs VALUES('2025-12','calendar',20446,4,'app','AntennaPod','mobile',1,1);
INSERT INTO audience_programs VALUES('2025-12','first-touch',20446,4,'app','AntennaPod','mobile',1,1);
INSERT INTO audience_programs VALUES('2025-12','last-touch',20446,4,'app','AntennaPod','mobile',1,1);
CREATE TABLE audience_dropped (
         epoch TEXT NOT NULL,
         stage TEXT NOT NULL,
         day BIGINT NOT NULL,
         reason TEXT NOT NULL,
         requests BIGINT NOT NULL,
         PRIMARY KEY (stage, day, reason));
INSERT INTO audience_dropped VALUES('2025-11','import',20416,'method',1);
INSERT INTO audience_dropped VALUES('2025-11','count',20416,'bot',1);
CREATE TABLE audience_lists (
         version TEXT NOT NULL PRIMARY KEY,
         body TEXT NOT NULL,
         added_at BIGINT NOT NULL);
CREATE TABLE audience_forecasts (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         subject TEXT NOT NULL,
         made_at BIGINT NOT NULL,
         last_day BIGINT NOT NULL,
         horizon BIGINT NOT NULL,
         body TEXT NOT NULL);
CREATE TABLE live_streams (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         feed_key BIGINT NOT NULL UNIQUE REFERENCES feeds (key),
         state TEXT NOT NULL,
         worker TEXT NOT NULL,
         leased_until BIGINT NOT NULL,
         phase TEXT NOT NULL,
         reason TEXT NOT NULL,
         format TEXT NOT NULL,
         now_title TEXT NOT NULL,
         heard_at BIGINT,
         failures BIGINT NOT NULL);
INSERT INTO live_streams VALUES(1,2,'active','',0,'','','','',NULL,0);
CREATE TABLE live_sessions (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         stream_key BIGINT NOT NULL REFERENCES live_streams (key),
         started_at BIGINT NOT NULL,
         ended_at BIGINT NOT NULL,
         heard_ms BIGINT NOT NULL,
         silent_ms BIGINT NOT NULL,
         bytes BIGINT NOT NULL,
         final_url TEXT NOT NULL,
         content_type TEXT NOT NULL,
         transfer TEXT NOT NULL,
         reason TEXT NOT NULL);
CREATE TABLE live_titles (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         stream_key BIGINT NOT NULL REFERENCES live_streams (key),
         at BIGINT NOT NULL,
         title TEXT NOT NULL);
CREATE TABLE live_uses (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         stream_key BIGINT NOT NULL REFERENCES live_streams (key),
         session_key BIGINT NOT NULL REFERENCES live_sessions (key),
         recording_key BIGINT NOT NULL REFERENCES recordings (key),
         started_at BIGINT NOT NULL,
         ended_at BIGINT NOT NULL,
         reference_start_ms BIGINT NOT NULL,
         reference_end_ms BIGINT NOT NULL,
         speed DOUBLE PRECISION NOT NULL,
         pitch_cents DOUBLE PRECISION NOT NULL,
         score DOUBLE PRECISION NOT NULL,
         probability DOUBLE PRECISION NOT NULL,
         ambiguous_with TEXT NOT NULL,
         windows BIGINT NOT NULL,
         reported_at BIGINT NOT NULL);
CREATE TABLE live_evidence (
         key INTEGER PRIMARY KEY AUTOINCREMENT,
         use_key BIGINT NOT NULL REFERENCES live_uses (key),
         kind TEXT NOT NULL,
         media_type TEXT NOT NULL,
         start_ms BIGINT NOT NULL,
         end_ms BIGINT NOT NULL,
         sha256 TEXT NOT NULL,
         note TEXT NOT NULL,
         data BLOB NOT NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('parties',4);
INSERT INTO sqlite_sequence VALUES('policies',3);
INSERT INTO sqlite_sequence VALUES('recordings',5);
INSERT INTO sqlite_sequence VALUES('recording_events',6);
INSERT INTO sqlite_sequence VALUES('feeds',2);
INSERT INTO sqlite_sequence VALUES('episodes',2);
INSERT INTO sqlite_sequence VALUES('episode_versions',2);
INSERT INTO sqlite_sequence VALUES('scans',2);
INSERT INTO sqlite_sequence VALUES('claims',4);
INSERT INTO sqlite_sequence VALUES('claim_events',6);
INSERT INTO sqlite_sequence VALUES('sightings',4);
INSERT INTO sqlite_sequence VALUES('shared_stretches',1);
INSERT INTO sqlite_sequence VALUES('sighting_evidence',2);
INSERT INTO sqlite_sequence VALUES('evidence_bundles',1);
INSERT INTO sqlite_sequence VALUES('api_keys',1);
INSERT INTO sqlite_sequence VALUES('claim_deadlines',5);
INSERT INTO sqlite_sequence VALUES('cleared_uses',1);
INSERT INTO sqlite_sequence VALUES('works',1);
INSERT INTO sqlite_sequence VALUES('rights_events',12);
INSERT INTO sqlite_sequence VALUES('releases',1);
INSERT INTO sqlite_sequence VALUES('party_identifiers',1);
INSERT INTO sqlite_sequence VALUES('licences',1);
INSERT INTO sqlite_sequence VALUES('rights_documents',1);
INSERT INTO sqlite_sequence VALUES('exclusions',1);
INSERT INTO sqlite_sequence VALUES('claim_evidence',3);
INSERT INTO sqlite_sequence VALUES('claim_periods',1);
INSERT INTO sqlite_sequence VALUES('shares',3);
INSERT INTO sqlite_sequence VALUES('share_conflicts',1);
INSERT INTO sqlite_sequence VALUES('party_policies',1);
INSERT INTO sqlite_sequence VALUES('crawl_tasks',2);
INSERT INTO sqlite_sequence VALUES('crawl_events',1);
INSERT INTO sqlite_sequence VALUES('ledger_accounts',8);
INSERT INTO sqlite_sequence VALUES('ledger_transactions',6);
INSERT INTO sqlite_sequence VALUES('ledger_periods',1);
INSERT INTO sqlite_sequence VALUES('revenues',2);
INSERT INTO sqlite_sequence VALUES('attributions',2);
INSERT INTO sqlite_sequence VALUES('listen_batches',1);
INSERT INTO sqlite_sequence VALUES('tariffs',1);
INSERT INTO sqlite_sequence VALUES('tariff_uses',1);
INSERT INTO sqlite_sequence VALUES('exchange_rates',1);
INSERT INTO sqlite_sequence VALUES('payment_terms',1);
INSERT INTO sqlite_sequence VALUES('audience_assets',4);
INSERT INTO sqlite_sequence VALUES('audience_imports',2);
INSERT INTO sqlite_sequence VALUES('audience_batches',2);
INSERT INTO sqlite_sequence VALUES('live_streams',1);
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
CREATE INDEX works_by_iswc ON works (iswc);
CREATE INDEX recording_works_by_work ON recording_works (work_key);
CREATE INDEX release_recordings_by_recording ON release_recordings (recording_key);
CREATE INDEX shares_by_recording ON shares (recording_key);
CREATE INDEX shares_by_work ON shares (work_key);
CREATE INDEX share_conflicts_by_recording ON share_conflicts (recording_key);
CREATE INDEX share_conflicts_by_work ON share_conflicts (work_key);
CREATE INDEX rights_documents_by_recording ON rights_documents (recording_key);
CREATE INDEX rights_documents_by_work ON rights_documents (work_key);
CREATE INDEX exclusions_by_recording ON exclusions (recording_key);
CREATE INDEX licences_by_party ON licences (party_key);
CREATE INDEX party_policies_by_party ON party_policies (party_key);
CREATE INDEX rights_events_by_subject ON rights_events (subject);
CREATE INDEX registration_findings_by_recording ON registration_findings (recording_key);
CREATE INDEX claim_deadlines_by_claim ON claim_deadlines (claim_key);
CREATE INDEX claim_deadlines_by_due ON claim_deadlines (settled_at, due_at);
CREATE INDEX claim_evidence_by_claim ON claim_evidence (claim_key);
CREATE INDEX cleared_uses_by_claim ON cleared_uses (claim_key);
CREATE INDEX crawl_feeds_by_guid ON crawl_feeds (podcast_guid);
CREATE INDEX crawl_hosts_by_readiness ON crawl_hosts (ready_at);
CREATE INDEX crawl_tasks_by_host ON crawl_tasks (host, lane, due_at);
CREATE INDEX crawl_tasks_by_feed ON crawl_tasks (feed_key);
CREATE INDEX crawl_tasks_leased ON crawl_tasks (host, worker) WHERE worker <> '';
CREATE INDEX crawl_events_by_url ON crawl_events (url, kind);
CREATE INDEX episode_fingerprints_by_revision ON episode_fingerprints (matched_revision);
CREATE INDEX episode_fingerprints_by_age ON episode_fingerprints (scanned_at);
CREATE INDEX episode_copies_by_original ON episode_copies (of_version_key);
CREATE INDEX scans_by_content ON scans (sha256);
CREATE INDEX ledger_transactions_by_source ON ledger_transactions (source);
CREATE INDEX ledger_transactions_by_time ON ledger_transactions (at);
CREATE INDEX ledger_lines_by_account ON ledger_lines (account_key);
CREATE INDEX revenues_by_refund ON revenues (refunds);
CREATE INDEX attributions_by_revenue ON attributions (revenue_id);
CREATE INDEX attributions_by_transaction ON attributions (transaction_id);
CREATE INDEX exchange_rates_by_pair ON exchange_rates (base, quote, day);
CREATE INDEX payment_terms_by_account ON payment_terms (account);
CREATE INDEX members_by_subscription ON members (subscription_id);
CREATE INDEX member_tokens_by_member ON member_tokens (member_key);
CREATE INDEX audience_assets_by_show ON audience_assets (show);
CREATE INDEX audience_imports_by_head ON audience_imports (head_sha256);
CREATE INDEX audience_batches_by_epoch ON audience_batches (epoch);
CREATE INDEX audience_forecasts_by_subject ON audience_forecasts (subject);
CREATE INDEX live_sessions_by_stream ON live_sessions (stream_key, started_at);
CREATE INDEX live_titles_by_stream ON live_titles (stream_key, at);
CREATE INDEX live_uses_by_stream ON live_uses (stream_key);
CREATE INDEX live_evidence_by_use ON live_evidence (use_key);
COMMIT;
