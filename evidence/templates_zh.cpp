#include "evidence/templates.h"

namespace earmark::evidence {

const std::string_view kDmcaNoticeZh =
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

const std::string_view kCounterNoticeZh =
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

const std::string_view kDsaNoticeZh =
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

const std::string_view kDsaStatementZh =
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
