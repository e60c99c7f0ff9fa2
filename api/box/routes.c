/* The box over HTTPS; see sys/route.h. */
#include "box_parts.h"

enum { NO_BODY = 0 };
#define FILE_MOST (INT64_C(2) << 30) /* as client_max_body_size of nginx */

/* clang-format off */
const struct route box_routes[] = {
	{ "GET",    "/",                    API_ANYBODY, NO_BODY, api_index,
	  "all that there is" },
	{ "GET",    "/box/",                API_BOX | API_RATE_NONE, NO_BODY, box_root,
	  "the folders of your box" },
	{ "GET",    "/box/{folder}/",       API_BOX | API_RATE_NONE, NO_BODY, box_folder,
	  "the files of a folder" },
	{ "GET",    "/box/{folder}/{name}", API_BOX | API_RATE_NONE, NO_BODY, box_get,
	  "a file, or a range of it; HEAD also tells how much of an upload is here" },
	{ "PUT",    "/box/{folder}/{name}", API_BOX | API_RATE_NONE, FILE_MOST, box_upload,
	  "puts a file, or goes on with one (Content-Range); 201 is the receipt" },
	{ "DELETE", "/box/{folder}/{name}", API_BOX | API_RATE_NONE, NO_BODY, box_delete,
	  "removes a file" },
	{ "GET",    "/box-credentials/",    API_BOX | API_RATE_NONE, NO_BODY, credentials_list,
	  "what your account logs in with" },
	{ "PUT",    "/box-credentials/{kind}/{label}", API_BOX | API_RATE_NONE | API_NOT_ONCE, API_PROOF_MOST, credential_put,
	  "adds a token, password, ssh-key or certificate; ?until=TIME" },
	{ "DELETE", "/box-credentials/{number}", API_BOX | API_RATE_NONE, NO_BODY, credential_delete,
	  "ends one at once" },
};
/* clang-format on */
const size_t box_routes_n = nitems(box_routes);
