/* All routes; see sys/route.h. */
#include "api.h"

enum { NO_BODY = 0 };
#define FILE_MOST (INT64_C(2) << 30) /* as client_max_body_size of nginx */

/* clang-format off */
const struct route api_routes[] = {
	{ "GET",    "/",                    API_ANYBODY, NO_BODY, api_index,
	  "this list" },
	{ "GET",    "/box/",                API_ACCOUNT, NO_BODY, box_root,
	  "the folders of your box" },
	{ "GET",    "/box/{folder}/",       API_ACCOUNT, NO_BODY, box_folder,
	  "the files of a folder" },
	{ "GET",    "/box/{folder}/{name}", API_ACCOUNT, NO_BODY, box_get,
	  "a file, or a range of it; HEAD also tells how much of an upload is here" },
	{ "PUT",    "/box/{folder}/{name}", API_ACCOUNT, FILE_MOST, box_upload,
	  "puts a file, or goes on with one (Content-Range); 201 is the receipt" },
	{ "DELETE", "/box/{folder}/{name}", API_ACCOUNT, NO_BODY, box_delete,
	  "removes a file" },
	{ "GET",    "/box-credentials/",    API_ACCOUNT, NO_BODY, credentials_list,
	  "what your account logs in with" },
	{ "PUT",    "/box-credentials/{kind}/{label}", API_ACCOUNT, API_PROOF_MOST, credential_put,
	  "adds a token, password, ssh-key or certificate; ?until=TIME" },
	{ "DELETE", "/box-credentials/{number}", API_ACCOUNT, NO_BODY, credential_delete,
	  "ends one at once" },
};
/* clang-format on */
const size_t api_route_count = nitems(api_routes);
