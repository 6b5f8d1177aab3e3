/* release_statement - the statement is written in the order of the list. */
#include "images/release/release_statement.h"

#include "images/read/spelling.h"
#include "images/sign/dsse.h"
#include "images/sign/statement.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"

#include <stdio.h>
#include <string.h>

#define RELEASE_TEXT_BYTES  ((size_t)32 << 20)
#define RELEASE_ARENA_BYTES ((size_t)256 << 20)
#define RELEASE_PATH_BYTES  2048

static const char *const release_spellings[] = {"payload", "payloadType",
	"signatures", "sig", "_type", "subject", "name", "digest", "sha256",
	"predicateType", "predicate", "purl", "releaseId", NULL};

static int release_path(char out[RELEASE_PATH_BYTES], const char *dir,
	const char *name, struct err *e)
{
	int n = snprintf(out, RELEASE_PATH_BYTES, "%s/%s", dir, name);

	return n < 0 || n >= RELEASE_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%s: path too long", dir)
		       : 0;
}

/* ---- writing ---------------------------------------------------------- */

static void put_files(struct json_out *o, const struct release_list *l)
{
	json_list(o, "subject");
	for (size_t i = 0; i < l->n; i++) {
		if (str_is(l->files[i].path, RELEASE_STATEMENT))
			continue;
		json_map(o, NULL);
		json_str(o, "name", l->files[i].path);
		json_map(o, "digest");
		json_text(o, "sha256", l->files[i].sha256);
		json_map_end(o);
		json_map_end(o);
	}
	json_list_end(o);
}

static void put_purl(struct json_out *o, const struct release_name *is)
{
	AUTO_BUF struct buf purl = buf_growing(RELEASE_PATH_BYTES);

	buf_fmt(&purl, "pkg:generic/%.*s@%.*s", STR_ARG(is->name),
		STR_ARG(is->version));
	json_str(o, "purl", buf_view(&purl));
}

static void put_statement(const struct release_list *l,
	const struct release_name *is, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_text(&o, "_type", "https://in-toto.io/Statement/v1");
	put_files(&o, l);
	json_text(&o, "predicateType", RELEASE_TYPE);
	json_map(&o, "predicate");
	put_purl(&o, is);
	json_str(&o, "releaseId", is->version);
	json_map_end(&o);
	json_map_end(&o);
}

static int write_envelope(const char *path, struct str statement,
	const struct sign_key *k, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(2 * RELEASE_TEXT_BYTES);
	struct json_out o = json_out(&text, 0);
	unsigned char digest[SHA256_BYTES], sig[P256_SIGNATURE_BYTES];
	struct str signature = {(char *)sig, 0};

	dsse_digest(STR(STATEMENT_TYPE), statement, digest);
	signature.n = p256_sign(k->secret, digest, sig);
	dsse_put(&o, NULL, STR(STATEMENT_TYPE), statement, signature);
	buf_byte(&text, '\n');
	if (whole_check(&text, path, e) < 0)
		return -1;
	return file_write(path, buf_view(&text), 0644, e);
}

static int write_sums(const char *dir, struct arena *a, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(RELEASE_TEXT_BYTES);
	struct release_list l = {.arena = a};
	char path[RELEASE_PATH_BYTES];

	if (release_path(path, dir, RELEASE_SUMS, e) < 0 ||
		release_list_read(dir, &l, e) < 0)
		return -1;
	release_list_sums(&l, &text);
	if (whole_check(&text, path, e) < 0)
		return -1;
	return file_write(path, buf_view(&text), 0644, e);
}

int release_seal(const char *dir, const struct release_name *is,
	const struct sign_key *k, size_t *n, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(RELEASE_ARENA_BYTES);
	AUTO_BUF struct buf statement = buf_growing(RELEASE_TEXT_BYTES);
	struct release_list l = {.arena = &a};
	char path[RELEASE_PATH_BYTES];

	if (release_path(path, dir, RELEASE_STATEMENT, e) < 0 ||
		write_sums(dir, &a, e) < 0 || release_list_read(dir, &l, e) < 0)
		return -1;
	put_statement(&l, is, &statement);
	if (whole_check(&statement, "the statement", e) < 0)
		return -1;
	*n = l.n;
	return write_envelope(path, buf_view(&statement), k, e);
}

/* ---- reading ---------------------------------------------------------- */

static int check_signature(
	const struct dsse *d, struct release_keys *keys, struct err *e)
{
	unsigned char digest[SHA256_BYTES];

	dsse_digest(d->type, d->payload, digest);
	for (keys->by = 0; keys->by < keys->n; keys->by++)
		for (size_t i = 0; i < d->n; i++)
			if (p256_verify(keys->keys[keys->by].point, digest,
				    d->signatures[i]))
				return 0;
	return err_kind(e, ERR_DENIED, "signed by none of the keys given");
}

static int read_subjects(
	const struct node *list, struct release_list *out, struct err *e)
{
	for (const struct node *c = node_first(list); c; c = c->next) {
		struct str name = node_text(node_get(c, "name"));
		struct str hex =
			node_text(node_path(c, "digest", "sha256", NULL));

		if (!name.n || hex.n != SHA256_HEX)
			return err_kind(e, ERR_INPUT,
				"a subject without name or sha256");
		if (release_list_add(out, name, hex.p, e) < 0)
			return -1;
	}
	return release_list_sort(out, e);
}

static int read_release(
	const struct node *doc, struct release_name *is, struct err *e)
{
	struct str purl = node_text(node_path(doc, "predicate", "purl", NULL));
	struct str prefix = STR("pkg:generic/");

	is->version = node_text(node_path(doc, "predicate", "releaseId", NULL));
	if (!str_is(node_text(node_get(doc, "predicateType")), RELEASE_TYPE) ||
		!str_has_prefix(purl, prefix) || !is->version.n)
		return err_kind(
			e, ERR_INPUT, "not a statement about a release");
	is->name = str_sub(purl, prefix.n, str_find(purl, '@') - prefix.n);
	return 0;
}

/* The envelope's payload, once its signature is checked. */
static int read_envelope(const char *path, struct arena *a,
	struct release_keys *keys, const struct node **out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(2 * RELEASE_TEXT_BYTES);
	const struct node *doc;
	struct dsse d;

	if (file_read(path, &text, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), a, &doc, e) < 0 ||
		spelling_check(doc, release_spellings, e) < 0 ||
		dsse_read(doc, a, &d, e) < 0)
		return -1;
	if (!str_is(d.type, STATEMENT_TYPE))
		return err_kind(
			e, ERR_INPUT, "payloadType is not " STATEMENT_TYPE);
	if (check_signature(&d, keys, e) < 0 ||
		json_parse(d.payload, a, out, e) < 0)
		return -1;
	return spelling_check(*out, release_spellings, e);
}

static int check_sums(
	const char *dir, const struct release_list *l, struct err *e)
{
	AUTO_BUF struct buf made = buf_growing(RELEASE_TEXT_BYTES);
	AUTO_BUF struct buf there = buf_growing(RELEASE_TEXT_BYTES);
	char path[RELEASE_PATH_BYTES];

	release_list_sums(l, &made);
	if (release_path(path, dir, RELEASE_SUMS, e) < 0 ||
		file_read(path, &there, e) < 0 ||
		whole_check(&made, path, e) < 0)
		return -1;
	return str_eq(buf_view(&made), buf_view(&there))
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 RELEASE_SUMS ": does not list the files of "
					      "this release");
}

int release_open(const char *dir, struct release_keys *keys,
	struct release_name *is, struct release_list *files, struct err *e)
{
	struct release_list stated = {.arena = files->arena};
	char path[RELEASE_PATH_BYTES];
	const struct node *doc;

	if (release_path(path, dir, RELEASE_STATEMENT, e) < 0)
		return -1;
	if (read_envelope(path, files->arena, keys, &doc, e) < 0 ||
		read_release(doc, is, e) < 0 ||
		read_subjects(node_get(doc, "subject"), &stated, e) < 0)
		return err_at(e, "%s", path);
	if (release_list_read(dir, files, e) < 0 ||
		release_list_compare(&stated, files, e) < 0)
		return -1;
	return check_sums(dir, files, e);
}
