/*
 * sbom_note - the table has a line for each package that the note says is
 * linked in, with the release that it is of.
 *
 * The note is the program's own word: nothing is checked, and it says so.
 */
#include "images/cmd/sbom_note.h"

#include "lib/arc/package_note.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/shown.h"

#include <unistd.h>

enum { SBOM_NOTE_PROGRAM_MAX = 256 << 20, SBOM_NOTE_JSON_MAX = 1 << 20 };

static void sbom_note_packages(const struct node *release)
{
	for (const struct node *n = node_first(release); n; n = n->next) {
		struct str version = node_text(n), name = {0};

		str_cut(&version, ' ', &name);
		shown_line(stdout, "%-17.*s %-28.*s %.*s", STR_ARG(name),
			STR_ARG(version), STR_ARG(release->key));
	}
}

static void sbom_note_table(const char *path, const struct node *note)
{
	const struct node *linked = node_get(note, "linked");

	shown_line(stdout, "%s: %.*s %.*s, by its own note", path,
		STR_ARG(node_text(node_get(note, "name"))),
		STR_ARG(node_text(node_get(note, "version"))));
	shown_line(stdout, "%s", "");
	shown_line(stdout, "%-17s %-28s %s", "LINKED", "VERSION", "RELEASE");
	for (const struct node *n = node_first(linked); n; n = n->next)
		sbom_note_packages(n);
}

static int sbom_note_json(const char *path, struct str file,
	const struct node *note, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(SBOM_NOTE_JSON_MAX);
	struct json_out o = json_out(&out, 1);
	char sha256[SHA256_HEX + 1];

	sha256_hex(file, sha256);
	json_map(&o, NULL);
	json_text(&o, "program", path);
	json_text(&o, "sha256", sha256);
	json_node(&o, "note", note);
	json_map_end(&o);
	buf_byte(&out, '\n');
	if (out.full)
		return err_kind(
			e, ERR_LIMIT, "%s: its note is too large", path);
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

int sbom_note_show(const char *path, bool wants_json, struct err *e)
{
	AUTO_BUF struct buf file = buf_growing(SBOM_NOTE_PROGRAM_MAX);
	AUTO_ARENA struct arena a = arena_make(SBOM_NOTE_JSON_MAX);
	const struct node *note = NULL;
	struct str json = {0};
	int found;

	if (file_read(path, &file, e) < 0)
		return -1;
	found = package_note_find(buf_view(&file), &json, e);
	if (found < 0 || (found > 0 && json_parse(json, &a, &note, e) < 0))
		return err_at(e, "%s", path);
	if (found == 0 || node_first(node_get(note, "linked")) == NULL)
		return err_kind(e, ERR_ABSENT,
			"%s: neither evidence of its build is here, nor a note "
			"in it that says what is linked",
			path);
	if (wants_json)
		return sbom_note_json(path, buf_view(&file), note, e);
	sbom_note_table(path, note);
	return 0;
}
