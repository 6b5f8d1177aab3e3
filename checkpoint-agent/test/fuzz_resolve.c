/* Texts of /proc and of runtimes, and a journal, as anything at all. */
#include "checkpoint-agent/freeze.h"
#include "checkpoint-agent/name.h"
#include "checkpoint-agent/overlay.h"
#include "checkpoint-agent/resolve/engine.h"
#include "checkpoint-agent/resolve/kin.h"
#include "checkpoint-agent/resolve/mountinfo.h"
#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/state.h"
#include "checkpoint-agent/resolve/storage.h"
#include "checkpoint-agent/work.h"
#include "lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void documents(const struct node *tree, struct arena *a)
{
	struct storage_image image;
	struct state state;
	struct spec spec;

	for (size_t i = 0; state_files[i]; i++)
		state_parse(state_files[i], tree, &state, NULL);
	storage_parse(tree, STR("id"), a, &image);
	engine_parse_docker(tree, &spec);
	if (spec_parse(tree, &spec, NULL) < 0)
		return;
	for (const struct node *m = spec_mounts(&spec); m; m = m->next)
		spec_is_bind(m);
	spec_masked(&spec);
	engine_docker_dir(&spec, "id", a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct overlay layers;
	static struct work_journal journal;
	struct arena a = arena_make(1 << 20);
	struct str in = {(const char *)bytes, n};
	char room[512];
	struct buf path = buf_fixed(room, sizeof(room));
	const struct node *tree;
	uint64_t ticks;
	int64_t time_s;
	uint32_t again;

	overlay_parse(in, &a, &layers, NULL);
	freeze_locate(in, in, &path, NULL);
	state_start_ticks(in, &ticks, NULL);
	name_parse_time(in, &time_s, &again);
	work_parse_journal(in, &journal, NULL);
	mountinfo_decode(&a, in);
	kin_is_named(in, STR("id"));
	kin_is_same_group(in, in);
	if (json_parse(in, &a, &tree, NULL) == 0)
		documents(tree, &a);
	arena_free(&a);
	return 0;
}
