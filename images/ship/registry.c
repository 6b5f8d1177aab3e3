/*
 * registry - the scheme is found out once, with GET /v2/ and no credentials.
 *
 * A registry on this machine is asked by TLS first.  Where that fails it is
 * asked in plain http; if that works it is a registry without TLS, else the
 * first failure is told.
 */
#include "images/ship/registry.h"

#include "images/ship/credentials.h"
#include "lib/base/version.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HUB_API         "registry-1.docker.io"
#define PING_BYTES      ((uint64_t)1 << 20)
#define AUTHORITY_BYTES 32768

/* The server of the API, by TLS unless said otherwise. */
static int find_server(struct registry *r, bool is_plain, struct err *e)
{
	bool is_hub = strcmp(r->ref.registry, "docker.io") == 0;
	char text[URL_AUTHORITY_BYTES + sizeof("https://")];

	snprintf(text, sizeof(text), "%s%s", is_plain ? "http://" : "https://",
		is_hub ? HUB_API : r->ref.registry);
	return url_parse_web(str_of(text), &r->at, e);
}

int registry_connect(const struct registry *r, struct exchange *x,
	const struct url_web *to, struct err *e)
{
	struct tls_config *tls = NULL;
	int done;

	exchange_close(x);
	exchange_open(x);
	if (!to->is_plain && trust_client(&r->trust, &to->server, &tls, e) < 0)
		return -1;
	done = wire_open(&x->wire, &to->server, tls, e);
	if (tls != NULL)
		tls_config_free(tls);
	return done;
}

static int drop_piece(void *context, struct str piece, struct err *e)
{
	(void)context;
	(void)piece;
	(void)e;
	return 0;
}

/* Is there a registry? */
static int ping(struct registry *r, struct err *e)
{
	char room[1024], host[URL_AUTHORITY_BYTES];
	struct buf head = buf_fixed(room, sizeof(room));
	struct exchange_request ask = {.body_fd = -1};

	http_put_request(&head, "GET", STR("/v2/"));
	http_put_field(&head, "Host",
		str_of(url_authority(&r->at.server, host, sizeof(host))));
	http_put_field(&head, "User-Agent", STR("keelson/" KEELSON_VERSION));
	http_put_end(&head);
	ask.head = buf_view(&head);
	if (registry_connect(r, &r->main, &r->at, e) < 0 ||
		exchange_ask(&r->main, &ask, e) < 0)
		return -1;
	if (r->main.answer.status == 400 && r->at.is_plain)
		return err_set(e, "it does not speak plain http");
	return exchange_body(&r->main, PING_BYTES, drop_piece, NULL, e);
}

static bool is_plain_allowed(const struct registry *r)
{
	const struct args_list *l = &r->options->plain;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->item[i], r->ref.registry) == 0)
			return true;
	return false;
}

static int choose_scheme(struct registry *r, struct err *e)
{
	bool is_here = reference_is_loopback(r->ref.registry);
	struct err again = {0};

	if (find_server(r, is_plain_allowed(r), e) < 0)
		return -1;
	if (!is_here || is_plain_allowed(r) || r->options->ca_file != NULL)
		return 0;
	if (ping(r, e) == 0)
		return 0;
	if (find_server(r, true, &again) == 0 && ping(r, &again) == 0) {
		err_clear(e);
		return 0;
	}
	return -1;
}

int registry_open(
	struct registry *r, const struct registry_plan *plan, struct err *e)
{
	*r = (struct registry){.options = plan->options,
		.progress = plan->progress,
		.ref = *plan->ref,
		.actions = plan->actions};
	exchange_open(&r->main);
	exchange_open(&r->other);
	login_open(&r->login);
	r->authorization = buf_growing(AUTHORITY_BYTES);
	if (trust_open(&r->trust, plan->options->ca_file, e) < 0)
		return -1;
	if (choose_scheme(r, e) < 0)
		return err_at(e, "registry %s", r->ref.registry);
	return credentials_find(
		plan->options->auth_file, &r->ref, &r->login, e);
}

void registry_close(struct registry *r)
{
	if (r->options == NULL)
		return;
	exchange_close(&r->main);
	exchange_close(&r->other);
	login_close(&r->login);
	buf_wipe(&r->authorization);
	trust_close(&r->trust);
}

void registry_path(
	const struct registry *r, struct buf *out, const char *fmt, ...)
{
	va_list ap;

	buf_fmt(out, "/v2/%s/", r->ref.name);
	va_start(ap, fmt);
	buf_vfmt(out, fmt, ap);
	va_end(ap);
}

int registry_allows(
	const struct registry *r, const struct url_web *to, struct err *e)
{
	if (!to->is_plain || is_plain_allowed(r) ||
		reference_is_loopback(to->server.host))
		return 0;
	return err_kind(e, ERR_DENIED,
		"it names %s without TLS; --plain-http allows that",
		to->server.host);
}
