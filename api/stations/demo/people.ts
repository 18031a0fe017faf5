import type { MemberRole } from '../../sentinels/contract.ts';
import type { Random } from './random.ts';

const surnames =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武';
const given =
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国志文海燕春梅红波宁辉玲鑫宇浩然子轩梓涵思雨晨曦嘉怡佳琪雪慧婷倩俊凯博瑞泽林森峰云飞鹏程国栋少安永康德胜庆丰学礼振东启航';

/** Invented names, no two alike. They name nobody: signs are drawn by lot. */
export class PeopleNames {
  #random: Random;
  #used = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    for (;;) {
      const signs = Array.from({ length: this.#random.chance(0.78) ? 2 : 1 }, () => this.#random.pick([...given])).join(
        '',
      );
      const name = this.#random.pick([...surnames]) + signs;
      if (this.#used.has(name)) continue;
      this.#used.add(name);
      return name;
    }
  }
}

export interface DemoMember {
  displayName: string;
  role: MemberRole;
  skills: string[];
  phone: string | null;
}

const skills: Partial<Record<MemberRole, string[]>> = {
  officer: ['急救', '谈判', '驾驶', '应急处突'],
  auxiliary: ['急救', '驾驶', '应急处突', '交通疏导'],
  'party-member': ['矛盾调解', '政策宣传', '手语'],
  'grid-worker': ['矛盾调解', '走访登记', '急救'],
  'property-staff': ['电工', '水暖', '消防设施操作', '电梯应急'],
  guard: ['消防设施操作', '防暴器械', '急救'],
  volunteer: ['急救', '心理疏导', '英语', '游泳救生', '手语'],
  yijing: ['急救', '游泳救生', '无人机操作', '交通疏导'],
};

/** A person of the demo. A number of zeros is nobody's: Chinese mobile numbers begin with 1. */
export function drawMember(names: PeopleNames, role: MemberRole, number: number, random: Random): DemoMember {
  const known = random.shuffle(skills[role] ?? []).slice(0, random.integer(0, 2));
  return {
    displayName: names.next(),
    role,
    skills: known,
    phone: random.chance(0.6) ? `000-0000-${String(number).padStart(4, '0')}` : null,
  };
}
