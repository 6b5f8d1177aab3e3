/*
 * apt - a directory with a state for each suite; apt-get(8) fills it, and
 * apt-helper reads it.  Options on the command line stand above the machine's
 * configuration, so that checks cannot be switched off there.
 */
#include "images/fresh/apt.h"

#include "images/fresh/deb822.h"
#include "images/fresh/news.h"
#include "lib/base/capture.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APT_HELPER        "/usr/lib/apt/apt-helper"
#define APT_TEXT_BYTES    ((size_t)1 << 20)
#define APT_ARENA_BYTES   ((size_t)4 << 20)
#define APT_WORDS_MAX     32
#define APT_RELEASE_BYTES ((size_t)16 << 20)

/* ---- texts and calls ---- */

static const char *apt_text(struct apt *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Formatted, in the arena; "" when memory is out, which no call takes. */
static const char *apt_text(struct apt *a, const char *fmt, ...)
{
	AUTO_BUF struct buf b = buf_growing(APT_TEXT_BYTES);
	const char *copy;
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	copy = b.full ? NULL : arena_copy(&a->arena, buf_view(&b));
	return copy ? copy : "";
}

/* Words that all calls for a suite begin with. */
static size_t apt_options(
	struct apt *a, const char *suite, const char **words, const char *tool)
{
	const char *of = apt_text(a, "%s/%s", a->dir, suite);
	const char *const list[] = {"env", "LC_ALL=C", tool, "-q",
		"-oAPT::Sandbox::User=root", "-oAcquire::Languages=none",
		"-oAcquire::Retries=2", "-oAcquire::http::Timeout=60",
		"-oAcquire::AllowInsecureRepositories=false",
		"-oAcquire::AllowWeakRepositories=false",
		"-oAcquire::AllowDowngradeToInsecureRepositories=false",
		"-oAcquire::Check-Date=true",
		a->allows_expired ? "-oAcquire::Check-Valid-Until=false"
				  : "-oAcquire::Check-Valid-Until=true",
		"-oAPT::Update::Error-Mode=any",
		"-oDir::Etc::SourceParts=/dev/null",
		"-oDir::State::status=/dev/null",
		apt_text(a, "-oDir::State=%s", of),
		apt_text(a, "-oDir::State::Lists=%s/lists", of),
		apt_text(a, "-oDir::Cache=%s/cache", of),
		apt_text(a, "-oDir::Etc::SourceList=%s/suite.sources", of)};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		words[i] = list[i];
	return sizeof(list) / sizeof(*list);
}

/* ---- places ---- */

static void apt_add_place(struct apt *a, const char *uri)
{
	for (size_t i = 0; i < a->n_places; i++)
		if (strcmp(a->places[i], uri) == 0)
			return;
	if (*uri != '\0' && a->n_places < APT_PLACES_MAX)
		a->places[a->n_places++] = uri;
}

static bool apt_is_url(const char *s)
{
	return strstr(s, "://") != NULL;
}

static int apt_add_mirror(struct apt *a, struct err *e)
{
	const char *mirror = getenv("SOURCE_MIRROR");
	char *real;

	if (mirror == NULL || *mirror == '\0')
		return 0;
	if (apt_is_url(mirror)) {
		apt_add_place(a, apt_text(a, "%s", mirror));
	} else {
		real = realpath(mirror, NULL);
		if (real == NULL)
			return err_sys(e, "SOURCE_MIRROR %s", mirror);
		apt_add_place(a, apt_text(a, "copy:%s", real));
		free(real);
	}
	a->n_first = a->n_places;
	return 0;
}

/* Lines of label and URI.  Without lists, as in an image whose
   /var/lib/apt/lists is empty, apt names its mirrors only when asked for no
   label. */
static void apt_ask_machine(struct buf *out)
{
	const char *ask[] = {"env", "LC_ALL=C", "apt-get", "indextargets",
		"--format", "$(LABEL)\t$(REPO_URI)", NULL, NULL};

	if (capture(ask, out, NULL) == 0 && out->n > 0)
		return;
	out->n = 0;
	ask[6] = "--no-release-info";
	if (capture(ask, out, NULL) < 0)
		out->n = 0;
}

/* Debian's own by their label; where no list is there yet, all. */
static void apt_add_machine(struct apt *a)
{
	AUTO_BUF struct buf out = buf_growing(APT_TEXT_BYTES);
	bool has_label = false;

	apt_ask_machine(&out);
	for (int turn = 0; turn < 2 && !has_label; turn++) {
		struct str rest = buf_view(&out), line, label;

		while (str_cut(&rest, '\n', &line)) {
			bool is_debian;

			str_cut(&line, '\t', &label);
			is_debian = str_is(label, "Debian") ||
				    str_is(label, "Debian-Security");
			if (!is_debian && turn == 0)
				continue;
			has_label = has_label || is_debian;
			apt_add_place(a, apt_text(a, "%.*s", STR_ARG(line)));
		}
	}
}

int apt_open(struct apt *a, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char dir[512];
	struct buf b = buf_fixed(dir, sizeof(dir));

	a->arena = arena_make(APT_ARENA_BYTES);
	buf_fmt(&b, "%s/keelson-apt-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (b.full)
		return err_kind(e, ERR_LIMIT, "TMPDIR is too long");
	buf_cstr(&b);
	if (mkdtemp(dir) == NULL)
		return err_sys(e, "%s", dir);
	a->dir = apt_text(a, "%s", dir);
	if (apt_add_mirror(a, e) < 0)
		return -1;
	apt_add_machine(a);
	if (a->n_places == 0)
		return err_kind(e, ERR_ABSENT,
			"no mirror: apt of this machine names none, and "
			"SOURCE_MIRROR is not set");
	return 0;
}

void apt_close(struct apt *a)
{
	AUTO_BUF struct buf out = buf_growing(APT_TEXT_BYTES);

	if (a->dir != NULL && *a->dir != '\0') {
		const char *const words[] = {"rm", "-rf", "--", a->dir, NULL};

		capture(words, &out, NULL);
	}
	arena_free(&a->arena);
}

/* ---- indices ---- */

/* apt wants the whole path of it. */
static int apt_find_keyring(struct apt *a, struct err *e)
{
	char *real = realpath(a->keyring, NULL);

	if (real == NULL)
		return err_sys(e,
			"the keyring %s (Debian's is in the package "
			"debian-archive-keyring)",
			a->keyring);
	a->keyring = apt_text(a, "%s", real);
	free(real);
	return 0;
}

static int apt_prepare(struct apt *a, const char *suite, const char *uri,
	bool has_binaries, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(APT_TEXT_BYTES);
	const char *of = apt_text(a, "%s/%s", a->dir, suite);

	buf_fmt(&b,
		"Types:%s deb-src\nURIs: %s\nSuites: %s\nComponents: main\n"
		"Architectures: amd64\nSigned-By: %s\n",
		has_binaries ? " deb" : "", uri, suite, a->keyring);
	if (dir_make(apt_text(a, "%s/lists/partial", of), 0755, e) < 0 ||
		dir_make(apt_text(a, "%s/cache", of), 0755, e) < 0)
		return -1;
	return file_write(
		apt_text(a, "%s/suite.sources", of), buf_view(&b), 0644, e);
}

/* Does the suite not exist there, or why was it refused? 0 or -1. */
static int apt_judge(const struct buf *said, const char *suite, struct err *e)
{
	struct str rest = buf_view(said), line;
	struct str why = STR("apt-get update failed");
	bool has_error = false;

	while (str_cut(&rest, '\n', &line)) {
		bool is_error = str_has_prefix(line, STR("E: "));

		if (is_error && deb822_contains(line, " a Release file."))
			return 0;
		if (is_error || str_has_prefix(line, STR("W: ")) ||
			str_has_prefix(line, STR("  "))) {
			if (!has_error)
				why = str_trim(str_sub(line, 2, line.n));
			has_error = has_error || is_error;
		}
	}
	return err_kind(e, ERR_DENIED, "%s: %.*s", suite, STR_ARG(why));
}

/* The InRelease file of a suite, whatever apt has called it. */
static int apt_read_release(
	struct apt *a, const char *suite, struct buf *out, struct err *e)
{
	const char *lists = apt_text(a, "%s/%s/lists", a->dir, suite);
	const struct dirent *x;
	DIR *d = opendir(lists);
	int done = -1;

	if (d == NULL)
		return err_sys(e, "%s", lists);
	while (done < 0 && dir_next(d, &x, e) > 0)
		if (str_has_suffix(str_of(x->d_name), STR("Release")))
			done = file_read(
				apt_text(a, "%s/%s", lists, x->d_name), out, e);
	closedir(d);
	return done;
}

/* Its signed fields: below the armour of an InRelease file, one paragraph. */
static struct str apt_release_fields(const struct buf *text)
{
	struct str rest = buf_view(text), paragraph = {"", 0};

	if (str_has_prefix(rest, STR("-----BEGIN PGP SIGNED MESSAGE-----")))
		deb822_next(&rest, &paragraph);
	if (!deb822_next(&rest, &paragraph))
		return (struct str){"", 0};
	return paragraph;
}

/* A mirror may answer with another suite that the same keys have signed; apt
   only warns of that.  0 or -1. */
static int apt_check_suite(struct apt *a, const char *suite, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(APT_RELEASE_BYTES);
	struct str fields, codename, name;

	if (apt_read_release(a, suite, &text, e) < 0)
		return err_at(e, "%s", suite);
	fields = apt_release_fields(&text);
	codename = deb822_field(fields, "Codename");
	name = deb822_field(fields, "Suite");
	if (str_is(codename, suite) || str_is(name, suite))
		return 0;
	return err_kind(e, ERR_DENIED,
		"%s: the mirror answers with another suite: Codename %.*s, "
		"Suite %.*s",
		suite, STR_ARG(codename), STR_ARG(name));
}

/* One place: as apt_update(). */
static int apt_try(struct apt *a, const char *suite, const char *uri,
	bool has_binaries, struct err *e)
{
	AUTO_BUF struct buf said = buf_growing(APT_TEXT_BYTES);
	const char *words[APT_WORDS_MAX] = {NULL};
	struct err failed = {0};

	if (apt_prepare(a, suite, uri, has_binaries, e) < 0)
		return -1;
	words[apt_options(a, suite, words, "apt-get")] = "update";
	if (capture_all(words, &said, &failed) == 0)
		return apt_check_suite(a, suite, e) < 0 ? -1 : 1;
	if (buf_cstr(&said), said.full)
		return err_set(e, "%s: %s", suite, failed.text);
	return apt_judge(&said, suite, e);
}

int apt_update(
	struct apt *a, const char *suite, bool has_binaries, struct err *e)
{
	bool is_security = strstr(suite, "-security") != NULL;

	if (apt_find_keyring(a, e) < 0)
		return -1;
	/* Places of its kind first: the others do not have it. */
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < a->n_places; i++) {
			bool is_of_kind =
				i < a->n_first ||
				is_security == (strstr(a->places[i],
							"security") != NULL);
			int found;

			if (is_of_kind != (turn == 0))
				continue;
			found = apt_try(
				a, suite, a->places[i], has_binaries, e);
			if (found != 0)
				return found;
		}
	}
	return 0;
}

int apt_index(struct apt *a, const char *suite, bool is_binary, struct buf *out,
	struct err *e)
{
	AUTO_BUF struct buf name = buf_growing(APT_TEXT_BYTES);
	const char *words[APT_WORDS_MAX] = {NULL};
	size_t n = apt_options(a, suite, words, "apt-get");
	struct str rest, file;

	words[n++] = "indextargets";
	words[n++] = "--format=$(FILENAME)";
	words[n] = is_binary ? "Created-By: Packages" : "Created-By: Sources";
	if (capture(words, &name, e) < 0)
		return err_at(e, "%s", suite);
	rest = buf_view(&name);
	if (!str_cut(&rest, '\n', &file) || file.n == 0)
		return 0; /* apt keeps no empty file */
	{
		const char *const cat[] = {APT_HELPER, "cat-file",
			apt_text(a, "%.*s", STR_ARG(file)), NULL};

		return capture(cat, out, e) < 0 ? err_at(e, "%s", suite) : 0;
	}
}

int64_t apt_date(struct apt *a, const char *suite)
{
	AUTO_BUF struct buf text = buf_growing(APT_RELEASE_BYTES);
	struct str date;

	if (apt_read_release(a, suite, &text, NULL) < 0)
		return 0;
	date = deb822_field(apt_release_fields(&text), "Date");
	return date.n > 0 ? news_date_of(date) : 0;
}
