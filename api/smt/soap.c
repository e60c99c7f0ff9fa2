/*
 * SOAP is refused: with a fault of SOAP 1.1, so that a SOAP client reports it as such instead
 * of choking on JSON, and HTTP status 500, as SOAP 1.1 over HTTP has it for each fault. The
 * body is not read: nothing of it is XML that we would parse.
 */
#include "smt.h"

bool
smt_soap(struct task *t, struct call *c, struct err *e)
{
	static const char fault[] =
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<soap:Envelope "
	    "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
	    "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>SOAP is not spoken "
	    "here. "
	    "The same functions are there as REST with JSON under /v2/, since "
	    "2019.</faultstring>"
	    "<detail><errorCode>4009</errorCode></detail></soap:Fault></soap:Body>"
	    "</soap:Envelope>\n";

	http_header(c->http, "Cache-Control", "no-store");
	http_header(c->http, "Link", "</v2/token/>; rel=\"alternate\"");
	return http_reply(t, c->http, 500, "text/xml; charset=utf-8", str_of(fault), e);
}
