/*
 * offer - one paragraph of an index after the other; those of other packages
 * are passed over by their first field.
 */
#include "images/fresh/offer.h"

#include "images/fresh/deb822.h"
#include "lib/arc/sha256.h"
#include "sbom/audit/debversion.h"

#define OFFER_SIZE_MAX ((uint64_t)1 << 40)

static bool offer_is_wanted(const struct offers *o, struct str package)
{
	for (size_t i = 0; i < o->n_wanted; i++)
		if (str_eq(o->wanted[i], package))
			return true;
	return false;
}

/* What a file of a source package is to a lock. */
enum offer_part { OFFER_NOTHING, OFFER_MAIN, OFFER_PATCHES };

static enum offer_part offer_part(struct str name)
{
	if (str_has_suffix(name, STR(".asc")) ||
		str_has_suffix(name, STR(".dsc")))
		return OFFER_NOTHING;
	if (deb822_contains(name, ".debian.tar."))
		return OFFER_PATCHES;
	if (deb822_contains(name, ".orig-"))
		return OFFER_NOTHING; /* a further tarball */
	return deb822_contains(name, ".tar.") ? OFFER_MAIN : OFFER_NOTHING;
}

static int offer_copy(
	struct offers *o, struct str text, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(o->arena, text), text.n};
	return out->p ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}

/* One file, when digest and size are such. 0 or -1. */
static int offer_add_file(struct offers *o, struct offer_file *to,
	struct str path, const struct str words[2], struct err *e)
{
	unsigned char digest[SHA256_BYTES];

	if (words[0].n != SHA256_HEX ||
		str_unhex(words[0], digest, sizeof(digest)) < 0 ||
		str_u64(words[1], 1, OFFER_SIZE_MAX, &to->size) < 0)
		return 0;
	if (offer_copy(o, words[0], &to->sha256, e) < 0)
		return -1;
	return offer_copy(o, path, &to->path, e);
}

/* " DIGEST SIZE NAME", each below the Directory. */
static int offer_source_files(
	struct offers *o, struct str paragraph, struct offer *to, struct err *e)
{
	struct str directory = deb822_field(paragraph, "Directory");
	struct str files = deb822_field(paragraph, "Checksums-Sha256"), line;

	while (deb822_line(&files, &line)) {
		AUTO_BUF struct buf path = buf_growing(1024);
		struct str words[2], name;
		enum offer_part part;

		if (!deb822_word(&line, &words[0]) ||
			!deb822_word(&line, &words[1]) ||
			!deb822_word(&line, &name))
			continue;
		part = offer_part(name);
		if (part == OFFER_NOTHING)
			continue;
		buf_fmt(&path, "%.*s/%.*s", STR_ARG(directory), STR_ARG(name));
		if (!path.full &&
			offer_add_file(o,
				part == OFFER_MAIN ? &to->main : &to->patches,
				buf_view(&path), words, e) < 0)
			return -1;
	}
	return 0;
}

static int offer_binary_file(
	struct offers *o, struct str paragraph, struct offer *to, struct err *e)
{
	const struct str words[2] = {deb822_field(paragraph, "SHA256"),
		deb822_field(paragraph, "Size")};

	return offer_add_file(
		o, &to->main, deb822_field(paragraph, "Filename"), words, e);
}

/* Would the lock take its lines? */
static bool offer_is_pinnable(const struct offer *o)
{
	const struct offer_pin pin = {STR("any"), STR("MIT"), LOCK_SOURCE};
	AUTO_BUF struct buf text = buf_growing(4096);
	struct lock_line line;

	if (o->main.path.n == 0)
		return false;
	offer_line(o, &pin, &text);
	return !text.full && lock_line_parse(buf_view(&text), &line, NULL) == 0;
}

static int offer_add(struct offers *o, const struct offer_index *index,
	struct str paragraph, struct err *e)
{
	struct offer new = {
		.suite = index->suite, .is_binary = index->is_binary};

	if (o->n == OFFERS_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d versions", OFFERS_MAX);
	if (offer_copy(o, deb822_field(paragraph, "Package"), &new.package, e) <
			0 ||
		offer_copy(o, deb822_field(paragraph, "Version"), &new.version,
			e) < 0)
		return -1;
	if ((index->is_binary ? offer_binary_file(o, paragraph, &new, e)
			      : offer_source_files(o, paragraph, &new, e)) < 0)
		return -1;
	if (!offer_is_pinnable(&new))
		return 0;
	o->list =
		arena_grow(o->arena, o->list, o->n, &o->room, sizeof(*o->list));
	if (o->list == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	o->list[o->n++] = new;
	return 0;
}

int offers_read(
	struct offers *o, const struct offer_index *index, struct err *e)
{
	struct str rest = index->text, paragraph;

	while (deb822_next(&rest, &paragraph)) {
		if (offer_is_wanted(o, deb822_field(paragraph, "Package")) &&
			offer_add(o, index, paragraph, e) < 0)
			return err_at(e, "index of %s", index->suite);
	}
	return 0;
}

static bool offer_is_elsewhere(
	const struct offer_file *f, const struct offer_file *same)
{
	return same->path.n > 0 && str_eq(f->sha256, same->sha256) &&
	       str_has_prefix(f->path, STR("pool/updates/")) &&
	       !str_has_prefix(same->path, STR("pool/updates/"));
}

static void offer_share_path(const struct offers *o, struct offer_file *f)
{
	for (size_t i = 0; i < o->n; i++) {
		if (offer_is_elsewhere(f, &o->list[i].main))
			f->path = o->list[i].main.path;
		if (offer_is_elsewhere(f, &o->list[i].patches))
			f->path = o->list[i].patches.path;
	}
}

void offers_share_paths(struct offers *o)
{
	for (size_t i = 0; i < o->n; i++) {
		offer_share_path(o, &o->list[i].main);
		offer_share_path(o, &o->list[i].patches);
	}
}

const struct offer *offers_latest(
	const struct offers *o, struct str package, bool is_binary)
{
	const struct offer *best = NULL;

	for (size_t i = 0; i < o->n; i++) {
		const struct offer *x = &o->list[i];

		if (x->is_binary == is_binary && str_eq(x->package, package) &&
			(best == NULL ||
				debversion_cmp(x->version, best->version) > 0))
			best = x;
	}
	return best;
}

void offer_line(
	const struct offer *o, const struct offer_pin *pin, struct buf *out)
{
	const struct offer_file *f =
		pin->role == LOCK_PATCHES ? &o->patches : &o->main;

	buf_fmt(out, "%.*s %.*s %.*s %.*s %llu %.*s %s %.*s",
		STR_ARG(o->package), STR_ARG(o->version), STR_ARG(pin->suite),
		STR_ARG(f->path), (unsigned long long)f->size,
		STR_ARG(f->sha256), lock_line_role(pin->role),
		STR_ARG(pin->licence));
}
