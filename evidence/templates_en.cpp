#include "evidence/templates.h"

namespace earmark::evidence {

const std::string_view kDmcaNoticeEn =
    R"(NOTICE OF CLAIMED INFRINGEMENT
(in the shape of 17 U.S.C. § 512(c)(3)(A); a draft, to be read, completed and signed by a person)

Date: {{date}}
To: {{service}}, designated agent

1. The work. The copyrighted work that is claimed to be infringed: the sound recording "{{work_title}}"
   of {{owner}} (registered here as {{recording_id}}).

2. The material. What is claimed to be infringing, and where it is:
   episode:    {{episode_title}}
   feed:       {{feed}}
   guid:       {{guid}}
   file:       {{url}}
   from – to:  {{episode_time}} of the episode
   which is:   {{recording_time}} of the recording
   Only this stretch of the episode is meant.

3. How to reach me:
   name:       {{signer}}
   address:    {{address}}
   telephone:  {{telephone}}
   e-mail:     {{email}}

4. I have a good faith belief that the use of the material in the manner complained of is not authorised by the
   copyright owner, its agent, or the law. I have considered whether the use is fair.

5. The information in this notice is accurate, and under penalty of perjury, I am authorised to act on behalf of
   the owner of an exclusive right that is allegedly infringed.

6. Signature of the owner or of a person authorised to act on the owner's behalf:

   {{signature}}

Evidence: claim {{claim_id}} (probability {{probability}}; made on {{claim_date}}; can be answered until
{{answer_until}}). The bundle of evidence with clips of both sides is attached; anybody can check it.
Whoever knowingly misrepresents that material is infringing may be liable (17 U.S.C. § 512(f)).
)";

const std::string_view kCounterNoticeEn =
    R"(COUNTER-NOTICE
(in the shape of 17 U.S.C. § 512(g)(3); a draft, to be read, completed and signed by a person)

Date: {{date}}
To: {{service}}, designated agent

1. The material that was removed or disabled, and where it was:
   episode:    {{episode_title}}
   feed:       {{feed}}
   guid:       {{guid}}
   file:       {{url}}
   from – to:  {{episode_time}} of the episode
   claimed as: {{recording_time}} of "{{work_title}}" of {{owner}} (claim {{claim_id}})

2. I state under penalty of perjury that I have a good faith belief that the material was removed or disabled as a
   result of mistake or misidentification of the material. The reason: {{reason}}

3. My name, address and telephone number:
   name:       {{signer}}
   address:    {{address}}
   telephone:  {{telephone}}
   e-mail:     {{email}}

4. I consent to the jurisdiction of the Federal District Court for the judicial district in which this address is
   located or, if it is outside of the United States, for any judicial district in which the service provider may be
   found, and I will accept service of process from the person who gave the notice or an agent of that person.

5. Signature:

   {{signature}}

For the service: forward this promptly to whoever gave the notice, and put the material back not less than 10 and not
more than 14 business days after this was received, unless you are told before that an action has been filed.
)";

const std::string_view kDsaNoticeEn =
    R"(NOTICE OF ILLEGAL CONTENT
(in the shape of Article 16(2) of Regulation (EU) 2022/2065; a draft, to be read and completed by a person)

Date: {{date}}
To: {{service}}

(a) Reasons why the content is alleged to be illegal: from {{episode_time}} the episode plays {{recording_time}} of the
    sound recording "{{work_title}}", the rights in which belong to {{owner}}. The use is not licensed:
    {{reason}}
    The two were found to be the same by comparing their sound (probability {{probability}}); the evidence, with clips of
    both sides, is attached (claim {{claim_id}}).

(b) Exact electronic location: {{url}}
    feed {{feed}}, guid {{guid}}, "{{episode_title}}", from – to {{episode_time}}

(c) Name and e-mail address of the person who gives the notice: {{signer}}, {{email}}

(d) I have the bona fide belief that the information and allegations in this notice are accurate and complete.

    {{signature}}
)";

const std::string_view kDsaStatementEn =
    R"(STATEMENT OF REASONS
(in the shape of Article 17(3) of Regulation (EU) 2022/2065; a draft, to be read and completed by a person)

Date: {{date}}
To: the publisher of {{feed}}

(a) What was decided: {{restriction}}
    on "{{episode_title}}" (guid {{guid}}), from – to {{episode_time}}.
    Territory: {{territory}}. Duration: {{duration}}.

(b) Facts and circumstances: from {{episode_time}} the episode plays {{recording_time}} of the sound recording
    "{{work_title}}" of {{owner}} (claim {{claim_id}}, made on {{claim_date}}, probability {{probability}}, rule {{rule}}).
    The decision follows {{origin}}.

(c) Automated means: the use was detected by automated comparison of sound. The decision was taken by
    {{decided_by}}.

(d) Where the content is held to be illegal, the legal ground and why: {{legal_ground}}

(e) Where it is held to be incompatible with terms and conditions, the clause and why: {{contractual_ground}}

(f) What you can do: object free of charge and electronically until {{answer_until}} at {{complaint_address}}; a person
    decides. You may also turn to an out-of-court dispute settlement body certified under Article 21, or to a court.
    Nothing is taken off while a first objection is open.
)";

}  // namespace earmark::evidence
