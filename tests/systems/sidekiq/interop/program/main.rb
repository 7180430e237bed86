# frozen_string_literal: true
# One phase with the real library: fill, prepare, view, work, drain. Prints records in JSON lines.
require "json"
require "securerandom"
require "sidekiq/fetch"
require_relative "jobs"

HOUR = 3600

def tell(record)
  puts JSON.generate(record)
  $stdout.flush
end

def make(name, job_class, queue, *arguments, at: nil, trace: nil, more: {})
  context = trace && "00-#{trace}-#{SecureRandom.hex(8)}-01"
  Thread.current[:traceparent] = context
  item = { "class" => job_class, "queue" => queue, "args" => arguments }.merge(more)
  item["at"] = at if at
  id = Sidekiq::Client.push(item)
  tell(made: name, id: id, trace_id: trace, parent_span_id: context && context.split("-")[2])
  id
ensure
  Thread.current[:traceparent] = nil
end

# Runs what waits in these queues with the library's own worker, and tells what ran.
def work(*queues)
  expected = queues.sum { |queue| Sidekiq::Queue.new(queue).size }
  before = RECORDS.llen("ran")
  command = ["sidekiq", "-c", "1", "-r", File.join(__dir__, "jobs.rb"), *queues.flat_map { |queue| ["-q", queue] }]
  process = Process.spawn(*command, out: File::NULL, err: File::NULL)
  deadline = Time.now + 120
  sleep 0.05 while RECORDS.llen("ran") < before + expected && Time.now < deadline
  Process.kill("TERM", process)
  Process.wait(process)
  RECORDS.lrange("ran", before, -1)
end

def fill
  request = SecureRandom.hex(16)
  make("succeeds", Job, "runs", trace: request)
  make("fails", Mail, "runs", "throw", { "order" => 7, "text" => "na\u00efve \u202e" }, trace: request)
  make("dies", Once, "runs", "throw", trace: SecureRandom.hex(16))
  work("runs")
  %w[first second third].each { |name| make(name, Job, "order", "return", name) }
  make("waits", Mail, "wai ts:ü", "return", { "id" => 7 }, trace: request)
  make("later", Job, "later", "return", at: Time.now.to_f + HOUR, trace: SecureRandom.hex(16))
  make("later, without a trace", Job, "later", at: Time.now.to_f + 2 * HOUR)
  wrapped = { "job_class" => "ReportJob", "job_id" => SecureRandom.uuid, "arguments" => [1, "two"], "executions" => 0,
              "__otel_headers" => [["traceparent", "00-#{request}-#{SecureRandom.hex(8)}-01"]] }
  id = make("active job", "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper", "rails", wrapped,
            more: { "wrapped" => "ReportJob" })
  tell(became: id, trace_id: request)
end

def prepare
  make("mended", Mail, "mend", "throw once")
  make("raised", Once, "mend", "throw once")
  make("given up", Once, "mend", "throw")
  work("mend")
  make("hastened", Job, "hurry", at: Time.now.to_f + HOUR)
  make("unwanted", Job, "drop", "return", "no")
  make("wanted", Job, "drop", "return", "yes")
  make("unwanted later", Job, "drop", at: Time.now.to_f + HOUR)
  make("moved", Job, "from")
  make("moved, later", Job, "from", at: Time.now.to_f + HOUR)
  make("kept", Mail, "keep", "return", { "a" => 1.50 })
end

def tell_job(job, place, **more)
  tell(view: "job", place: place, id: job.jid, queue: job.queue, kind: job.display_class, payload: job.display_args,
       created_at: job.created_at.to_f, error_class: job["error_class"], error_message: job["error_message"],
       retry_count: job["retry_count"], retry: job["retry"], tags: job["tags"], item: job.item,
       backtrace: job.respond_to?(:error_backtrace) ? job.error_backtrace : nil, **more)
end

def view
  Sidekiq::Queue.all.each do |queue|
    tell(view: "queue", queue: queue.name, size: queue.size)
    queue.each { |job| tell_job(job, "queue") }
  end
  { "schedule" => Sidekiq::ScheduledSet.new, "retry" => Sidekiq::RetrySet.new,
    "dead" => Sidekiq::DeadSet.new }.each do |place, set|
    set.each { |job| tell_job(job, place, score: job.score) }
  end
  Sidekiq::Workers.new.each do |process, thread, work|
    job = Sidekiq::JobRecord.new(work["payload"])
    tell_job(job, "work", worker: "#{process}:#{thread}", started_at: work["run_at"])
  end
end

# Takes without finishing, as many workers at once would, until there is no further job.
def drain(*queues)
  fetch = Sidekiq::BasicFetch.new(queues: queues, strict: true)
  order = []
  while (unit = fetch.retrieve_work)
    order << JSON.parse(unit.job)["jid"]
  end
  tell(drained: order)
end

phase, *arguments = ARGV
case phase
when "fill" then fill
when "prepare" then prepare
when "view" then view
when "hands" then 2.times { |i| make("in hand #{i}", Job, "hands", "wait") }
when "free" then 2.times { RECORDS.rpush("go", "on") }
when "work" then work(*arguments).each { |id| tell(ran: id) }
when "drain" then drain(*arguments)
else abort "no phase #{phase}"
end
