/* Who the caller is, by what was shown. */
#include "v1.h"

enum { ME_MOST = 4096 };

bool
v1_me(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(ME_MOST);
	struct json j = json_to(&b);

	if (!call_only(c, "", e))
		return false;
	json_open(&j, NULL);
	json_text(&j, "party", str_of(call_code(c)));
	json_text(&j, "kind", str_of(call_kind(c)));
	json_text(&j, "class", str_of(call_class(c)));
	if (call_login(c)[0] != '\0')
		json_text(&j, "login", str_of(call_login(c)));
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}
