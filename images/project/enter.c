/* enter - look for the file, and go up while it is not there. */
#include "images/project/enter.h"

#include "images/project/project.h"

#include <string.h>
#include <unistd.h>

#define ENTER_PATH_BYTES 1024

int project_enter(struct err *e)
{
	char here[ENTER_PATH_BYTES];

	if (!getcwd(here, sizeof(here)))
		return err_sys(e, "the working directory");
	while (access(PROJECT_FILE, F_OK) < 0) {
		char now[ENTER_PATH_BYTES];

		if (!getcwd(now, sizeof(now)) || strcmp(now, "/") == 0 ||
			chdir("..") < 0)
			return err_kind(e, ERR_ABSENT,
				"no " PROJECT_FILE " in %s or above it; "
				"`keelson init DIR` makes a project",
				here);
	}
	return 0;
}
