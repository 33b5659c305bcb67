#pragma once
// The built-in templates. {{name}} is a field; docs/evidence.md lists those that are known from a claim. The
// law is quoted by its sections only: nothing here is legal advice.
#include <string_view>

namespace earmark::evidence {

inline constexpr std::string_view kDmcaNoticeEn =
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

inline constexpr std::string_view kCounterNoticeEn =
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

inline constexpr std::string_view kDsaNoticeEn =
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

inline constexpr std::string_view kDsaStatementEn =
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

inline constexpr std::string_view kDmcaNoticeZh =
    R"(侵权通知
（格式参照《美国法典》第17编第512(c)(3)(A)条；本文为草稿，须由自然人审阅、补全并签署）

日期：{{date}}
致：{{service}} 指定代理人

一、作品。被主张侵权的作品：{{owner}} 的录音《{{work_title}}》（在本系统登记为 {{recording_id}}）。

二、材料。被主张侵权的内容及其位置：
    节目：　　{{episode_title}}
    订阅源：　{{feed}}
    标识：　　{{guid}}
    文件：　　{{url}}
    起止：　　节目中 {{episode_time}}
    对应：　　录音中 {{recording_time}}
    仅涉及节目中的上述片段。

三、联系方式：
    姓名：　　{{signer}}
    地址：　　{{address}}
    电话：　　{{telephone}}
    电子邮箱：{{email}}

四、本人善意地相信，上述使用方式未经版权所有人、其代理人或法律许可。本人已考虑该使用是否属于合理使用。

五、本通知中的信息准确无误；本人愿承担伪证之法律责任，声明本人有权代表被侵害专有权利的所有人行事。

六、权利人或其授权人的签名：

    {{signature}}

证据：权利主张 {{claim_id}}（概率 {{probability}}；提出日期 {{claim_date}}；可于 {{answer_until}} 前答复）。附证据包，含双方音频片段，
任何人均可验证。明知而作不实陈述者可能承担责任（第512(f)条）。
)";

inline constexpr std::string_view kCounterNoticeZh =
    R"(反通知
（格式参照《美国法典》第17编第512(g)(3)条；本文为草稿，须由自然人审阅、补全并签署）

日期：{{date}}
致：{{service}} 指定代理人

一、被移除或断开的材料及其原位置：
    节目：　　{{episode_title}}
    订阅源：　{{feed}}
    标识：　　{{guid}}
    文件：　　{{url}}
    起止：　　节目中 {{episode_time}}
    被主张为：{{owner}} 的《{{work_title}}》之 {{recording_time}}（权利主张 {{claim_id}}）

二、本人愿承担伪证之法律责任，声明本人善意地相信，该材料系因错误或误认而被移除或断开。理由：{{reason}}

三、姓名、地址与电话：
    姓名：　　{{signer}}
    地址：　　{{address}}
    电话：　　{{telephone}}
    电子邮箱：{{email}}

四、本人同意接受该地址所在司法辖区联邦地区法院的管辖；若地址在美国境外，则同意接受服务提供者所在任一司法辖区法院的管辖，并接受发出通知之人
    或其代理人的法律文书送达。

五、签名：

    {{signature}}

致服务提供者：请立即将本反通知转交发出通知之人；除非在此之前获知对方已提起诉讼，应在收到后不少于10个、不多于14个工作日内恢复该材料。
)";

inline constexpr std::string_view kDsaNoticeZh =
    R"(违法内容通知
（格式参照欧盟第2022/2065号条例第16条第2款；本文为草稿，须由自然人审阅并补全）

日期：{{date}}
致：{{service}}

（a）认为内容违法的理由：节目在 {{episode_time}} 播放了录音《{{work_title}}》之 {{recording_time}}，其权利属于 {{owner}}。
    该使用未获许可：{{reason}}
    两者经声音比对认定相同（概率 {{probability}}）；证据及双方音频片段见附件（权利主张 {{claim_id}}）。

（b）确切的电子位置：{{url}}
    订阅源 {{feed}}，标识 {{guid}}，《{{episode_title}}》，起止 {{episode_time}}

（c）通知人姓名与电子邮箱：{{signer}}，{{email}}

（d）本人善意地相信，本通知中的信息与主张准确、完整。

    {{signature}}
)";

inline constexpr std::string_view kDsaStatementZh =
    R"(理由说明
（格式参照欧盟第2022/2065号条例第17条第3款；本文为草稿，须由自然人审阅并补全）

日期：{{date}}
致：{{feed}} 的发布者

（a）决定：{{restriction}}
    对象：《{{episode_title}}》（标识 {{guid}}），起止 {{episode_time}}。
    地域：{{territory}}。期限：{{duration}}。

（b）事实与情况：节目在 {{episode_time}} 播放了 {{owner}} 的录音《{{work_title}}》之 {{recording_time}}（权利主张 {{claim_id}}，
    提出日期 {{claim_date}}，概率 {{probability}}，规则 {{rule}}）。本决定源于 {{origin}}。

（c）自动化手段：该使用由声音自动比对发现。决定由 {{decided_by}} 作出。

（d）若认定内容违法，其法律依据及理由：{{legal_ground}}

（e）若认定与服务条款不符，其条款及理由：{{contractual_ground}}

（f）救济途径：可于 {{answer_until}} 前在 {{complaint_address}} 免费以电子方式提出异议，由自然人裁决；亦可向依第21条认证的庭外争议解决机构
    或法院寻求救济。首次异议未决期间，不会下架任何内容。
)";

}  // namespace earmark::evidence
