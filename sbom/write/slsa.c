/* slsa - dependencies are collected once each, sorted by name, and written. */
#include "sbom/write/slsa.h"

#include "lib/arc/sha256.h"
#include "lib/base/json_out.h"
#include "lib/base/version.h"
#include "sbom/items/item_names.h"

#include <stdlib.h>

#define SLSA_BUILD_TYPE                                                        \
	"urn:keelson:build:v1" /* docs/formats/provenance.md                   \
				*/

enum { SLSA_PATH_BYTES = 2048 };

struct slsa_dependency {
	struct str name, sha256;
	struct str package, version, arch, suite; /* empty: this project's */
};

struct slsa {
	const struct slsa_request *r;
	struct arena *arena;
	struct slsa_dependency *list;
	size_t n, room;
	struct table by_name;
};

static int slsa_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the provenance");
}

/* ---- collecting ---- */

static int slsa_add(struct slsa *s, struct slsa_dependency d, struct err *e)
{
	struct slsa_dependency *list;

	if (table_find(&s->by_name, d.name) != NULL)
		return 0;
	list = arena_grow(s->arena, s->list, s->n, &s->room, sizeof(*list));
	if (list == NULL || table_add(&s->by_name, d.name, 0) < 0)
		return slsa_no_memory(e);
	s->list = list;
	list[s->n++] = d;
	return 0;
}

static int slsa_add_line(
	struct slsa *s, const struct lock_line *l, struct err *e)
{
	const struct slsa_dependency d = {.name = l->path,
		.sha256 = l->sha256,
		.package = l->package,
		.version = l->version,
		.arch = STR("source"),
		.suite = l->suite};

	return l->line == 0 ? 0 : slsa_add(s, d, e);
}

/* The pinned files of a package. */
static int slsa_add_package(
	struct slsa *s, const struct lock_line *package, struct err *e)
{
	const struct lock *lock = s->r->lock;

	for (size_t i = 0; i < lock->n; i++)
		if (str_eq(lock->lines[i].package, package->package) &&
			slsa_add_line(s, &lock->lines[i], e) < 0)
			return -1;
	return 0;
}

/* Our own patch of a file: named by its path, read for its digest. */
static int slsa_add_patch(struct slsa *s, struct str name, struct err *e)
{
	struct slsa_dependency d = {.name = name};
	char path[SLSA_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	if (!str_has_prefix(name, STR("static-build/")))
		return 0; /* Debian's is in its pinned archive */
	buf_fmt(&b, "%s/%.*s", s->r->evidence->root, STR_ARG(name));
	if (sha256_file(buf_cstr(&b), hex, NULL, e) < 0)
		return -1;
	d.sha256 = str_of(arena_copy(s->arena, str_of(hex)));
	return d.sha256.p == NULL ? slsa_no_memory(e) : slsa_add(s, d, e);
}

static int slsa_add_file(
	struct slsa *s, const struct trace_file *f, struct err *e)
{
	const struct evidence_file *record = f->origin.record;

	if (f->origin.kind == ORIGIN_OURS)
		return slsa_add(s,
			(struct slsa_dependency){
				.name = f->file.path, .sha256 = f->file.sha256},
			e);
	if (f->origin.package != NULL &&
		slsa_add_package(s, f->origin.package, e) < 0)
		return -1;
	for (size_t i = 0; record != NULL && i < record->n_patches; i++)
		if (slsa_add_patch(s, record->patches[i], e) < 0)
			return -1;
	return 0;
}

/* All of the host's files that the evidence knows: tools, the compiler's own
   headers, start files, libgcc. */
static int slsa_add_tools(struct slsa *s, struct err *e)
{
	const struct evidence *ev = s->r->evidence;

	for (size_t i = 0; i < ev->n_files; i++) {
		const struct evidence_file *f = &ev->files[i];
		const struct slsa_dependency d = {.name = f->path,
			.sha256 = f->sha256,
			.package = f->package,
			.version = f->version,
			.arch = f->arch};

		if (f->list == EVIDENCE_TOOLCHAIN && slsa_add(s, d, e) < 0)
			return -1;
	}
	return 0;
}

static int slsa_order(const void *a, const void *b)
{
	const struct slsa_dependency *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

static int slsa_collect(struct slsa *s, struct err *e)
{
	const struct slsa_request *r = s->r;

	for (size_t i = 0; i < r->n_traces; i++)
		for (size_t k = 0; k < r->traces[i]->n_files; k++)
			if (slsa_add_file(s, r->traces[i]->files[k], e) < 0)
				return -1;
	for (size_t i = 0; r->is_image && i < r->lock->n; i++)
		if (r->lock->lines[i].role == LOCK_ROOTFS &&
			slsa_add_line(s, &r->lock->lines[i], e) < 0)
			return -1;
	if (slsa_add_tools(s, e) < 0)
		return -1;
	if (s->n > 1)
		qsort(s->list, s->n, sizeof(*s->list), slsa_order);
	return 0;
}

/* ---- writing ---- */

static void slsa_digest(struct json_out *o, struct str sha256)
{
	json_map(o, "digest");
	json_str(o, "sha256", sha256);
	json_map_end(o);
}

static void slsa_dependency(struct json_out *o, const struct slsa_dependency *d)
{
	char text[SLSA_PATH_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	json_map(o, NULL);
	if (d->version.n > 0) {
		buf_text(&b, "pkg:deb/debian/");
		item_encode(&b, d->package);
		buf_byte(&b, '@');
		item_encode(&b, d->version);
		buf_fmt(&b, "?arch=%.*s", STR_ARG(d->arch));
		if (d->suite.n > 0)
			buf_fmt(&b, "&distro=%.*s", STR_ARG(d->suite));
		json_str(o, "uri", buf_view(&b));
	}
	json_str(o, "name", d->name);
	slsa_digest(o, d->sha256);
	json_map_end(o);
}

static void slsa_definition(const struct slsa *s, struct json_out *o)
{
	char epoch[32];
	struct buf b = buf_fixed(epoch, sizeof(epoch));

	buf_fmt(&b, "%lld", (long long)s->r->epoch_s);
	json_map(o, "buildDefinition");
	json_text(o, "buildType", SLSA_BUILD_TYPE);
	json_map(o, "externalParameters");
	json_str(o, "name", s->r->name);
	json_str(o, "version", s->r->version);
	json_map_end(o);
	json_map(o, "internalParameters");
	json_str(o, "SOURCE_DATE_EPOCH", buf_view(&b));
	json_map_end(o);
	json_list(o, "resolvedDependencies");
	for (size_t i = 0; i < s->n; i++)
		slsa_dependency(o, &s->list[i]);
	json_list_end(o);
	json_map_end(o);
}

static void slsa_predicate(
	const struct slsa *s, struct json_out *o, const char *key)
{
	json_map(o, key);
	slsa_definition(s, o);
	json_map(o, "runDetails");
	json_map(o, "builder");
	json_str(o, "id", s->r->builder);
	json_map(o, "version");
	json_text(o, "keelson", KEELSON_VERSION);
	json_map_end(o);
	json_map_end(o);
	json_map_end(o);
	json_map_end(o);
}

static void slsa_statement(const struct slsa *s, struct json_out *o)
{
	json_map(o, NULL);
	json_text(o, "_type", "https://in-toto.io/Statement/v1");
	json_list(o, "subject");
	json_map(o, NULL);
	json_str(o, "name", s->r->name);
	slsa_digest(o, s->r->sha256);
	json_map_end(o);
	json_list_end(o);
	json_text(o, "predicateType", "https://slsa.dev/provenance/v1");
	slsa_predicate(s, o, "predicate");
	json_map_end(o);
}

int slsa_write(const struct slsa_request *r, struct arena *a, struct buf *out,
	struct err *e)
{
	struct slsa s = {.r = r, .arena = a, .by_name = table_make(a)};
	struct json_out o = json_out(out, 1);

	if (slsa_collect(&s, e) < 0)
		return -1;
	if (r->wants_predicate)
		slsa_predicate(&s, &o, NULL);
	else
		slsa_statement(&s, &o);
	buf_byte(out, '\n');
	return out->full ? slsa_no_memory(e) : 0;
}
