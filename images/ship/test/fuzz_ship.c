/*
 * Fuzz what registries and people write: the first byte says which parser gets
 * the rest.  What is accepted must be what it says.
 */
#include "images/ship/challenge.h"
#include "images/ship/login.h"
#include "images/ship/reference.h"
#include "lib/base/json.h"
#include "lib/net/url.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void try_reference(struct str text)
{
	char written[REFERENCE_TEXT_BYTES];
	struct reference r, again;

	if (reference_parse(text, &r, NULL) < 0)
		return;
	reference_text(&r, written);
	if (reference_parse(str_of(written), &again, NULL) < 0 ||
		strcmp(r.name, again.name) != 0 ||
		strcmp(r.registry, again.registry) != 0)
		abort();
	reference_is_loopback(r.registry);
}

static void try_login(struct str text)
{
	struct arena a = arena_make((size_t)4 << 20);
	const struct node *config;
	char name[LOGIN_HELPER_BYTES];
	struct reference r;
	struct login l;

	login_open(&l);
	if (reference_parse(STR("x.y/team/a"), &r, NULL) == 0 &&
		json_parse(text, &a, &config, NULL) == 0) {
		if (login_helper(config, &r, name, NULL) > 0 &&
			strchr(name, '/'))
			abort();
		login_stored(config, &r, &l, NULL);
		login_told(config, &l, NULL);
	}
	login_close(&l);
	arena_free(&a);
}

static void try_url(struct str text)
{
	struct url_web u;

	if (url_parse_web(text, &u, NULL) == 0 &&
		(u.target.n == 0 || u.target.p[0] != '/' ||
			u.server.host[0] == '\0'))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct str text = {(const char *)data + 1, n - 1};
	struct challenge c;

	if (n < 1)
		return 0;
	switch (data[0] % 4) {
	case 0:
		try_reference(text);
		break;
	case 1:
		challenge_parse(text, &c, NULL);
		break;
	case 2:
		try_login(text);
		break;
	default:
		try_url(text);
	}
	return 0;
}
