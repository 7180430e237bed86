//go:build groups

package main

import "github.com/hibiken/asynq"

func groupOf(task *asynq.TaskInfo) string { return task.Group }

func (p *program) addGroup(name, queue string) {
	p.make(name, queue, "succeed", asynq.Group("daily: {all}"))
}

func (p *program) tellGroups(queue string) {
	groups, err := p.inspector.Groups(queue)
	must(err)
	for _, group := range groups {
		tasks, err := p.inspector.ListAggregatingTasks(queue, group.Group)
		must(err)
		for _, task := range tasks {
			p.tellTask(task)
		}
	}
}
