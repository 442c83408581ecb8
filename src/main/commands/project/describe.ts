import { InvalidArgumentError } from 'commander';
import { projectTypes } from '../../../contract/project.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { describeProject, findProjectProfile } from '../../../projects/projectProfiles.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';
import { readLogoFile } from '../../readLogoFile.ts';

interface DescribeOptions {
  readonly project: string;
  readonly code?: string;
  readonly type?: string;
  readonly description?: string;
  readonly supportEmail?: string;
  readonly supportPhone?: string;
  readonly learnMoreLink?: string;
  readonly learnMoreTitle?: string;
  readonly organization?: string;
  readonly organizationId?: string;
  readonly organizationDescription?: string;
  readonly color?: string;
  readonly logo?: string;
  readonly json?: boolean;
}

/** `tributary project describe`: what the pages and apps of participants show of a study. */
export const command: AddCommand = (project, line) => {
  project
    .command('describe')
    .description("Says what participants' pages show of a study. What is not named stays, '' takes it away.")
    .requiredOption('--project <guid>', 'project', guidOption)
    .option('--code <code>', 'code with which participants enroll', textOption(200))
    .option('--type <type>', `usually one of: ${projectTypes.join(', ')}`, textOption(200))
    .option('--description <text>', 'what the study is about', textOption(5_000))
    .option('--support-email <address>', 'where participants ask', textOption(320))
    .option('--support-phone <number>', 'the same by telephone', textOption(100))
    .option('--learn-more-link <url>', 'page about the study', textOption(2_000))
    .option('--learn-more-title <text>', 'what the link is called', textOption(300))
    .option('--organization <name>', 'who runs the study', textOption(300))
    .option('--organization-id <guid>', 'its ID on the platform, if clients know it', guidOption)
    .option('--organization-description <text>', 'what it is', textOption(5_000))
    .option('--color <#rrggbb>', "the organization's color", colorOption)
    .option('--logo <file>', 'PNG, JPEG, WebP or GIF of at most 5 MiB')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  tributary project describe --project 5e0c… --organization "River Hospital" --color "#0a5c7d" --logo river.png',
    )
    .action(async (options: DescribeOptions) => {
      const { project: projectID, logo: file } = options;
      // Before the database is opened: a bad file costs no start.
      const logo = file === undefined ? undefined : await readLogoFile(file);
      const said = (text: string | undefined) => (text === '' ? null : text);
      const change = omitUndefined({
        code: said(options.code),
        type: said(options.type),
        description: said(options.description),
        supportEmail: said(options.supportEmail),
        supportPhone: said(options.supportPhone),
        learnMoreLink: said(options.learnMoreLink),
        learnMoreTitle: said(options.learnMoreTitle),
        organizationID: options.organizationId,
        organizationName: said(options.organization),
        organizationDescription: said(options.organizationDescription),
        organizationColor: said(options.color),
      });
      const profile = await line.withDatabase('project describe', (database) =>
        database.transaction(async (transaction) => {
          const now = line.clock.now();
          await describeProject(transaction, { projectID, change, logo, actor: line.actor, now });
          return findProjectProfile(transaction, projectID);
        }),
      );
      if (options.json === true) line.json({ projectID, ...profile });
      else line.say('Participants see it from now on; a logo that browsers keep is shown for up to a day.');
    });
};

function textOption(lengthMax: number): (text: string) => string {
  return (text) => {
    if ([...text].length > lengthMax) throw new InvalidArgumentError(`At most ${lengthMax} characters.`);
    return text;
  };
}

function colorOption(text: string): string {
  if (text !== '' && !/^#[0-9a-f]{6}$/i.test(text))
    throw new InvalidArgumentError('Write it as #rrggbb, such as #0a5c7d.');
  return text.toLowerCase();
}
