/*
 * tarapplet - the `tar` that CRIU runs for every tmpfs it meets.
 *
 * CRIU executes `tar` by PATH with one fixed set of options; a distroless
 * image has none, so the agent's program answers to that name.
 */
#ifndef CHECKPOINT_AGENT_TARAPPLET_H
#define CHECKPOINT_AGENT_TARAPPLET_H

/* main() when argv[0] is "tar". Returns the exit code. */
int tar_applet_main(int argc, char **argv);

#endif
