# frozen_string_literal: true
# One phase with the real library: migrate, fill, view, work. Prints records in JSON lines.
require "active_record"
require "erb"
require "json"
require "logger"
require "time"
require "delayed_job_active_record"

HOUR = 3600
OUTER = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = "00-#{OUTER}-b7ad6b7169203331-01"

database, host, user = %r{\Apostgresql:///(.*)\?host=(.*)&user=(.*)\z}.match(ENV.fetch("DATABASE_URL")).captures
ActiveRecord::Base.establish_connection(adapter: "postgresql", database: database, host: host, username: user)
ActiveRecord::Migration.verbose = false
Delayed::Worker.logger = Logger.new(nil)
Delayed::Worker.destroy_failed_jobs = false

def tell(record)
  puts JSON.generate(record)
  $stdout.flush
end

# What a job does is in its own members.
Work = Struct.new(:name, :act, :traceparent) do
  def perform
    tell(ran: name)
    case act
    when "fail" then raise ArgumentError, "cannot be done: \e[31mred"
    when "hold" then sleep HOUR
    end
  end

  def max_attempts
    act == "fail" && name == "gives up" ? 1 : nil
  end
end

# The library's own template, as its generator fills it.
def migrate
  migration_version = "[#{ActiveRecord::VERSION::MAJOR}.#{ActiveRecord::VERSION::MINOR}]"
  folder = Gem.loaded_specs["delayed_job_active_record"]&.full_gem_path
  template = Dir["#{folder}/lib/generators/delayed_job/templates/migration.rb",
                 "/usr/share/rubygems-integration/all/gems/delayed_job_active_record-*/lib/generators/delayed_job/templates/migration.rb"].first
  self.class.define_method(:migration_version) { migration_version }
  self.class.define_method(:table_name) { "delayed_jobs" }
  eval(ERB.new(File.read(template)).result(binding)) # rubocop:disable Security/Eval
  CreateDelayedJobs.new.up
end

def make(name, act = "return", trace: nil, **options)
  job = Delayed::Job.enqueue(Work.new(name, act, trace && TRACEPARENT), **options)
  tell(made: name, id: job.id.to_s, trace_id: trace)
  job
end

def work(queue)
  Delayed::Worker.new(queues: [queue], quiet: true).work_off(1000)
end

# What the worker of this phase runs is not told.
def quietly(*arguments)
  Process.spawn(RbConfig.ruby, __FILE__, *arguments, out: File::NULL, err: File::NULL)
end

def fill
  make("fails", "fail", queue: "runs")
  make("gives up", "fail", queue: "runs", trace: OUTER)
  Process.wait(quietly("work", "runs"))
  held = make("in hand", "hold", queue: "hands")
  worker = quietly("work", "hands")
  sleep 0.05 until held.reload.locked_at
  Process.kill("KILL", worker)
  Process.wait(worker)
  3.times { |number| make("waits, #{number}", queue: "order") }
  make("goes first", queue: "order", priority: -5)
  make("goes last", queue: "order", priority: 5)
  make("was to run before", queue: "order", run_at: Time.now - 60)
  make("later", queue: "later", run_at: Time.now + HOUR)
  make("of no queue", trace: OUTER)
end

def view
  Delayed::Job.all.each do |job|
    members = job.attributes.transform_values { |value| value.respond_to?(:iso8601) ? value.to_time.utc.iso8601(6) : value }
    tell(members.merge("view" => "job", "id" => job.id.to_s))
  end
end

phase, *arguments = ARGV
case phase
when "migrate" then migrate
when "fill" then fill
when "view" then view
when "work" then work(*arguments)
else abort "no phase #{phase}"
end
