/*
 * credentials - one file after another; all that was read is wiped.
 */
#include "images/ship/credentials.h"

#include "images/ship/helper.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CREDENTIALS_FILE_BYTES  ((size_t)1 << 20)
#define CREDENTIALS_ARENA_BYTES ((size_t)16 << 20)
#define CREDENTIALS_PATH_BYTES  4096

static bool is_found(const struct login *l)
{
	return l->user.n > 0 || l->token.n > 0;
}

/* A helper that knows nothing leaves the login empty. */
static int ask_helper(const char *name, const struct reference *r,
	struct login *l, struct err *e)
{
	struct buf text = buf_growing(HELPER_ANSWER_BYTES);
	struct arena a = arena_make(CREDENTIALS_ARENA_BYTES);
	const struct node *answer;
	int known = helper_ask(name, login_key(r->registry), &text, e);
	int done = known < 0 ? -1 : 0;

	if (known > 0 && (json_parse(buf_view(&text), &a, &answer, e) < 0 ||
				 login_told(answer, l, e) < 0))
		done = err_at(e, "docker-credential-%s", name);
	arena_wipe(&a);
	buf_wipe(&text);
	return done;
}

static int use_config(const struct node *config, const struct reference *r,
	struct login *l, struct err *e)
{
	char name[LOGIN_HELPER_BYTES];
	int has = login_helper(config, r, name, e);

	if (has < 0 || (has > 0 && ask_helper(name, r, l, e) < 0))
		return -1;
	return is_found(l) ? 0 : login_stored(config, r, l, e);
}

static int use_file(const char *path, const struct reference *r,
	struct login *l, struct err *e)
{
	struct buf text = buf_growing(CREDENTIALS_FILE_BYTES);
	struct arena a = arena_make(CREDENTIALS_ARENA_BYTES);
	const struct node *config;
	int done = file_read(path, &text, e);

	if (done == 0 && text.n > 0)
		done = json_parse(buf_view(&text), &a, &config, e);
	if (done == 0 && text.n > 0)
		done = use_config(config, r, l, e);
	arena_wipe(&a);
	buf_wipe(&text);
	return done < 0 ? err_at(e, "%s", path) : 0;
}

/* DIR/REST from a variable of the environment; false without it. */
static bool path_below(const char *variable, const char *rest,
	char out[CREDENTIALS_PATH_BYTES])
{
	const char *dir = getenv(variable);
	int n;

	if (dir == NULL || dir[0] == '\0')
		return false;
	n = snprintf(out, CREDENTIALS_PATH_BYTES, "%s%s", dir, rest);
	return n > 0 && n < CREDENTIALS_PATH_BYTES;
}

static int use_if_there(const char *path, const struct reference *r,
	struct login *l, struct err *e)
{
	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	return use_file(path, r, l, e);
}

int credentials_find(const char *file, const struct reference *r,
	struct login *l, struct err *e)
{
	char path[CREDENTIALS_PATH_BYTES];

	if (file != NULL)
		return use_file(file, r, l, e);
	if (path_below("REGISTRY_AUTH_FILE", "", path))
		return use_file(path, r, l, e);
	if ((path_below("DOCKER_CONFIG", "/config.json", path) ||
		    path_below("HOME", "/.docker/config.json", path)) &&
		use_if_there(path, r, l, e) < 0)
		return -1;
	if (is_found(l) ||
		!path_below("XDG_RUNTIME_DIR", "/containers/auth.json", path))
		return 0;
	return use_if_there(path, r, l, e);
}
