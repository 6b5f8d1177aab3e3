/* reproduction - member by member, in the order of the specifications. */
#include "images/reproduce/reproduction.h"

#include "images/reproduce/command.h"
#include "lib/arc/sha256.h"
#include "lib/base/json_out.h"

#include <string.h>
#include <unistd.h>

static void put_digest(struct json_out *o, const char *hex)
{
	json_map(o, "digest");
	json_text(o, "sha256", hex);
	json_map_end(o);
}

static void put_subjects(struct json_out *o, const struct compare *c)
{
	json_list(o, "subject");
	for (size_t i = 0; i < c->n_images; i++) {
		json_map(o, NULL);
		json_text(o, "name", c->images[i].name);
		put_digest(o, c->images[i].digest + strlen("sha256:"));
		json_map_end(o);
	}
	json_list_end(o);
}

/* ---- what was built --------------------------------------------------- */

static int put_file(struct json_out *o, const char *path, struct err *e)
{
	char hex[SHA256_HEX + 1];

	if (access(path, F_OK) < 0)
		return 0;
	if (sha256_file(path, hex, NULL, e) < 0)
		return -1;
	json_map(o, NULL);
	json_text(o, "name", path);
	put_digest(o, hex);
	json_map_end(o);
	return 0;
}

/* The commit, unless files differ from it. */
static void put_commit(struct json_out *o)
{
	const char *const status[] = {"git", "status", "--porcelain", NULL};
	const char *const head[] = {"git", "rev-parse", "HEAD", NULL};
	char changes[4096] = "", commit[256] = "";
	struct buf b = buf_fixed(changes, sizeof(changes));
	struct buf id = buf_fixed(commit, sizeof(commit));

	if (access(".git", F_OK) < 0 || command_output(status, &b, NULL) < 0 ||
		b.n > 0 || command_output(head, &id, NULL) < 0)
		return;
	json_map(o, NULL);
	json_text(o, "name", "commit");
	json_map(o, "digest");
	json_str(o, "gitCommit", str_trim(buf_view(&id)));
	json_map_end(o);
	json_map_end(o);
}

static int put_configuration(
	struct json_out *o, const struct reproduction *r, struct err *e)
{
	json_list(o, "configuration");
	if (put_file(o, PROJECT_FILE, e) < 0 ||
		put_file(o, r->project->at.lock, e) < 0)
		return -1;
	put_commit(o);
	json_list_end(o);
	return 0;
}

/* ---- what was perturbed ----------------------------------------------- */

static void put_perturbations(struct json_out *o, const char *key,
	const struct perturb *p, bool is_on)
{
	json_list(o, key);
	for (size_t i = 0; i < PERTURB_COUNT; i++)
		if (p->of[i].is_on == is_on)
			json_text(o, NULL, perturb_names[i]);
	json_list_end(o);
}

static void put_texts(struct json_out *o, const char *key,
	const struct perturb *p, bool is_on)
{
	json_map(o, key);
	for (size_t i = 0; i < PERTURB_COUNT; i++)
		if (p->of[i].is_on == is_on)
			json_text(o, perturb_names[i], p->of[i].text);
	json_map_end(o);
}

static void put_failed(struct json_out *o, const struct compare *c)
{
	json_list(o, "failedTests");
	for (size_t i = 0; i < c->n_images; i++)
		if (!c->images[i].is_same)
			json_text(o, NULL, c->images[i].name);
	json_list_end(o);
}

static int put_predicate(
	struct json_out *o, const struct reproduction *r, struct err *e)
{
	bool is_same = r->compare->n_differences == 0;

	json_map(o, "predicate");
	json_text(o, "result", is_same ? "PASSED" : "FAILED");
	if (put_configuration(o, r, e) < 0)
		return -1;
	if (is_same)
		put_perturbations(o, "passedTests", r->perturb, true);
	put_perturbations(o, "warnedTests", r->perturb, false);
	put_failed(o, r->compare);
	json_text(o, "command", r->command);
	put_texts(o, "perturbed", r->perturb, true);
	put_texts(o, "notPerturbed", r->perturb, false);
	if (!is_same)
		json_str(o, "differences", buf_view(r->compare->said));
	json_map_end(o);
	return 0;
}

int reproduction_put(
	const struct reproduction *r, struct buf *out, struct err *e)
{
	struct json_out o = json_out(out, 2);

	json_map(&o, NULL);
	json_text(&o, "_type", "https://in-toto.io/Statement/v1");
	put_subjects(&o, r->compare);
	json_text(&o, "predicateType", REPRODUCTION_TYPE);
	if (put_predicate(&o, r, e) < 0)
		return -1;
	json_map_end(&o);
	buf_byte(out, '\n');
	return 0;
}
