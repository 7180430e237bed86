//go:build !groups

package main

import "github.com/hibiken/asynq"

func groupOf(*asynq.TaskInfo) string { return "" }

func (p *program) addGroup(string, string) {}

func (p *program) tellGroups(string) {}
