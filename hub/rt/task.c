/*
 * Tasks from birth to end, and the stacks they run on.
 *
 * A stack is one mapping: a guard page at the bottom, then the stack, then at the top the
 * struct fiber that describes it. Pages are committed as they are touched; a parked task holds
 * about 5 KB. The stacks of ended tasks are kept for the next ones, up to STACKS_SPARE.
 *
 * Control moves only between the loop and one task, never from task to task: fiber_enter()
 * leaves the loop's context in the fiber itself, fiber_leave() goes back there. ASan is told of
 * each switch so that it knows which stack is in use.
 */
#include "rt/inside.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if !BUSBAR_TASK_THREADS

#include <sys/mman.h>
#include <ucontext.h>

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

enum { STACKS_SPARE = 64, GUARD_BYTES = 4096, MAP_BYTES = GUARD_BYTES + TASK_STACK_BYTES };

struct fiber {
	ucontext_t here, home; /* the task's context while it waits, the loop's while it runs */
	char *map;
	struct fiber *next; /* spare */
	struct task *task;
	void *fake; /* ASan's, while the task waits */
	const void *home_stack;
	size_t home_bytes;
};

static size_t
stack_bytes(const struct fiber *f)
{
	return (size_t)((const char *)f - (f->map + GUARD_BYTES));
}

/* The four moments of a switch, for ASan. An ending task gives no place for its fake stack. */
static void
leaving_home(struct fiber *f, void **fake)
{
#ifdef WITH_ASAN
	__sanitizer_start_switch_fiber(fake, f->map + GUARD_BYTES, stack_bytes(f));
#else
	(void)f, (void)fake;
#endif
}

static void
back_home(void *fake)
{
#ifdef WITH_ASAN
	__sanitizer_finish_switch_fiber(fake, NULL, NULL);
#else
	(void)fake;
#endif
}

static void
leaving_task(struct fiber *f)
{
#ifdef WITH_ASAN
	__sanitizer_start_switch_fiber(
	    f->task->ended ? NULL : &f->fake, f->home_stack, f->home_bytes);
#else
	(void)f;
#endif
}

static void
back_in_task(struct fiber *f)
{
#ifdef WITH_ASAN
	__sanitizer_finish_switch_fiber(f->fake, &f->home_stack, &f->home_bytes);
#else
	(void)f;
#endif
}

static struct fiber *
stack_map(void)
{
	char *map = mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	struct fiber *f;

	if (map == MAP_FAILED)
		return NULL;
	if (mprotect(map, GUARD_BYTES, PROT_NONE) != 0) {
		munmap(map, MAP_BYTES);
		return NULL;
	}
	f = (struct fiber *)(void *)(map + MAP_BYTES - (sizeof *f + 63) / 64 * 64);
	f->map = map;
	return f;
}

/* makecontext() passes ints only, so the pointer comes in two halves. */
static void
fiber_start(unsigned high, unsigned low)
{
	struct fiber *f = (struct fiber *)(((uintptr_t)high << 32) | low);

	back_in_task(f);
	task_body(f->task);
	fiber_leave(f);
	abort(); /* an ended task was entered again */
}

/* Apart from fiber_new() because gcc takes getcontext() for a function that returns twice. */
static __attribute__((noinline)) void
context_make(struct fiber *f)
{
	uintptr_t p = (uintptr_t)f;

	getcontext(&f->here);
	f->here.uc_stack.ss_sp = f->map + GUARD_BYTES;
	f->here.uc_stack.ss_size = stack_bytes(f);
	f->here.uc_link = NULL;
	makecontext(&f->here, (void (*)(void))fiber_start, 2, (unsigned)(p >> 32), (unsigned)p);
#ifdef WITH_ASAN
	/* the frames of the task before never returned from fiber_start() */
	__asan_unpoison_memory_region(f->map + GUARD_BYTES, stack_bytes(f));
	/* ASan's own swapcontext() would forget what it knows of a stack whose size it finds
	 * here */
	f->here.uc_stack.ss_size = 0;
#endif
}

struct fiber *
fiber_new(struct task *t)
{
	struct loop *l = t->loop;
	struct fiber *f = l->spare;

	if (f != NULL) {
		l->spare = f->next;
		l->spares--;
	} else if ((f = stack_map()) == NULL) {
		return NULL;
	}
	f->task = t;
	f->fake = NULL;
	context_make(f);
	return f;
}

void
fiber_enter(struct fiber *f)
{
	void *fake = NULL;

	leaving_home(f, &fake);
	swapcontext(&f->home, &f->here);
	back_home(fake);
}

void
fiber_leave(struct fiber *f)
{
	leaving_task(f);
	swapcontext(&f->here, &f->home);
	back_in_task(f);
}

/* Of the task that runs. A page below the present one is kept: it will be needed at once. */
__attribute__((noinline)) void
fiber_trim(struct fiber *f)
{
#ifndef WITH_ASAN /* which keeps notes about those pages */
	char *low = f->map + GUARD_BYTES, *here = __builtin_frame_address(0);
	char *to = here - (uintptr_t)here % 4096 - 4096;

	if (to > low)
		madvise(low, (size_t)(to - low), MADV_DONTNEED);
#else
	(void)f;
#endif
}

void
fiber_free(struct loop *l, struct fiber *f)
{
	if (l->spares == STACKS_SPARE) {
		munmap(f->map, MAP_BYTES);
		return;
	}
	f->next = l->spare;
	l->spare = f;
	l->spares++;
}

void
fibers_end(struct loop *l)
{
	while (l->spare != NULL) {
		struct fiber *f = l->spare;

		l->spare = f->next;
		munmap(f->map, MAP_BYTES);
	}
	l->spares = 0;
}

#endif /* !BUSBAR_TASK_THREADS */

struct task *
task_spawn(struct loop *l, const char *name, task_fn *fn, void *arg, struct err *e)
{
	static uint64_t last_id;
	struct task *t;

	if (l->alive >= TASKS_MOST) {
		err(e, ERR_BUSY, "%u tasks are alive, no more are allowed", l->alive);
		return NULL;
	}
	t = calloc(1, sizeof *t);
	if (t != NULL) {
		t->loop = l;
		t->fiber = fiber_new(t);
	}
	if (t == NULL || t->fiber == NULL) {
		free(t);
		err(e, ERR_BUSY, "no memory for one more task beside %u", l->alive);
		return NULL;
	}
	t->magic = TASK_ALIVE;
	t->name = name;
	t->fn = fn;
	t->arg = arg;
	t->id = ++last_id;
	t->cancelled = l->stopping; /* born late: it may clean up, not wait */
	t->link = &l->tasks;
	t->next = l->tasks;
	if (t->next != NULL)
		t->next->link = &t->next;
	l->tasks = t;
	l->alive++;
	t->waiting = WAIT_TURN;
	loop_ready(l, t);
	return t;
}

void
task_body(struct task *t)
{
	t->fn(t, t->arg);
	t->ended = true;
}

static void
task_end(struct task *t)
{
	struct loop *l = t->loop;

	assert(!t->queued); /* nothing can queue a task that runs */
	wait_end(t);
	*t->link = t->next;
	if (t->next != NULL)
		t->next->link = t->link;
	l->alive--;
	fiber_free(l, t->fiber);
	*(volatile unsigned *)&t->magic = TASK_DEAD; /* or the compiler leaves it out */
	free(t);
}

void
task_resume(struct task *t)
{
	struct loop *l = t->loop;

	l->running = t;
	t->waiting = WAIT_NOT;
	fiber_enter(t->fiber);
	l->running = NULL;
	if (t->ended)
		task_end(t);
}

struct loop *
task_loop(const struct task *t)
{
	return t->loop;
}

void
task_trim(struct task *t)
{
	assert(t->loop->running == t);
	fiber_trim(t->fiber);
}

const char *
task_name(const struct task *t)
{
	return t->name;
}

uint64_t
task_id(const struct task *t)
{
	return t->id;
}

void
task_label(struct task *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->label, sizeof t->label, fmt, ap);
	va_end(ap);
}

const char *
task_label_text(const struct task *t)
{
	return t->label;
}
